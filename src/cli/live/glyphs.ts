/** The signs of live output. */
export interface Glyphs {
  readonly done: string;
  readonly failed: string;
  readonly undone: string;
  readonly coming: string;
  readonly full: string;
  readonly empty: string;
  readonly ellipsis: string;
  readonly spinner: readonly string[];
}

const UNICODE: Glyphs = {
  done: "✔",
  failed: "✖",
  undone: "↩",
  coming: "·",
  full: "█",
  empty: "░",
  ellipsis: "…",
  spinner: "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏".split(""),
};

const ASCII: Glyphs = {
  done: "+",
  failed: "x",
  undone: "<",
  coming: ".",
  full: "#",
  empty: "-",
  ellipsis: "...",
  spinner: "|/-\\".split(""),
};

/** Signs that the terminal can draw: the console of Linux has few letters, and a locale without UTF-8 none beyond ASCII. */
export function glyphsFor(env: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = [env["LC_ALL"], env["LC_CTYPE"], env["LANG"]].find((each) => (each ?? "") !== "") ?? "";
  return env["TERM"] !== "linux" && /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
