import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

/** A style sheet, script or picture. Its address changes with its text, so that browsers may keep it for ever. */
interface Asset {
  readonly path: string;
  readonly type: string;
  readonly text: string;
}

// packaging/inline-texts.ts puts these texts into the bundle.
// Later files build on earlier ones.
const STYLE = [
  readFileSync(new URL("style/tokens.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/base.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/frame.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/marks.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/forms.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/panels.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/tables.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/board.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/target.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/deployment.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/log.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/drawings.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/statistics.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/deliveries.css", import.meta.url), "utf8"),
  readFileSync(new URL("style/ask.css", import.meta.url), "utf8"),
].join("\n");
const SCRIPT = readFileSync(new URL("live.js", import.meta.url), "utf8");
const ICON = readFileSync(new URL("icon.svg", import.meta.url), "utf8");

let made: Readonly<Record<"style" | "script" | "icon", Asset>> | undefined;

/** The files of the dashboard. */
export function assets(): NonNullable<typeof made> {
  made ??= {
    style: asset("style", "css", "text/css; charset=utf-8", STYLE),
    script: asset("live", "js", "text/javascript; charset=utf-8", SCRIPT),
    icon: asset("icon", "svg", "image/svg+xml", ICON),
  };
  return made;
}

function asset(name: string, extension: string, type: string, text: string): Asset {
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
  return { path: `/assets/${name}.${hash}.${extension}`, type, text };
}
