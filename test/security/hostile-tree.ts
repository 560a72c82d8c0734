import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What stands under a name in a tree: text of a file, where a link leads, a commit of a submodule, or another tree. */
type Node =
  | { readonly file: string }
  | { readonly link: string }
  | { readonly submodule: string }
  | { readonly tree: readonly Entry[] }
  | { readonly mode: string; readonly object: string };

export type Entry = readonly [name: string | Buffer, node: Node];

/** Makes objects that no well-meaning git would make, in a repository. */
export function rawObjects(gitFolder: string): {
  /** @returns the commit of a tree with exactly these entries, in this order. */
  readonly commit: (entries: readonly Entry[], message?: string) => string;
  readonly blob: (text: string) => string;
} {
  const git = (input: string | Buffer, ...args: readonly string[]): string =>
    execFileSync("git", [`--git-dir=${gitFolder}`, ...args], { input, encoding: "utf8" }).trim();
  const blob = (text: string): string => git(text, "hash-object", "-w", "--stdin");
  const parts = (node: Node): readonly [mode: string, object: string] => {
    if ("file" in node) return ["100644", blob(node.file)];
    if ("link" in node) return ["120000", blob(node.link)];
    if ("submodule" in node) return ["160000", node.submodule];
    if ("tree" in node) return ["40000", tree(node.tree)];
    return [node.mode, node.object];
  };
  const tree = (entries: readonly Entry[]): string => {
    const bytes = entries.map(([name, node]) => {
      const [mode, object] = parts(node);
      return Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.of(0), Buffer.from(object, "hex")]);
    });
    return git(Buffer.concat(bytes), "hash-object", "-t", "tree", "-w", "--stdin", "--literally");
  };
  return { blob, commit: (entries, message = "hostile") => git(message, "commit-tree", tree(entries)) };
}

/** Names that git takes and that have harmed programs: of options, of commands, for terminals, in no encoding. */
export const HOSTILE_NAMES: readonly (string | Buffer)[] = [
  "a\nb",
  "a\r\nb",
  "-rf",
  "--help",
  "--upload-pack=touch ran",
  "-c core.fsmonitor=touch ran",
  "$(touch ran)",
  "`touch ran`",
  ";touch ran;",
  "|touch ran",
  "a && touch ran",
  "'\"\\",
  " ",
  " -",
  "~",
  "*",
  "?",
  "{a,b}",
  "%s%n",
  "\u001b[2J\u001b]0;title\u0007",
  "\u202egnp.exe",
  "zero\u200bwidth",
  "README",
  "readme",
  "ReadMe",
  "é",
  "e\u0301",
  "x".repeat(255),
  Buffer.from([0x66, 0xff, 0xfe, 0x80]),
  "CON",
  "nul.txt",
  "package.json\n",
];

/** Writes a work tree with all that a hostile committer may put into one and that git carries; `outside` is a folder that its links lead to. */
export function writeHostileFiles(folder: string, outside: string, emptyFiles: number): void {
  const names = join(folder, "names");
  mkdirSync(names);
  for (const name of HOSTILE_NAMES) writeFileSync(Buffer.concat([Buffer.from(`${names}/`), Buffer.from(name)]), "x");
  const links: readonly (readonly [string, string])[] = [
    ["out", outside],
    ["out-relative", "../../../../../../../../../../etc/passwd"],
    ["store", join(outside, "../fraisier.db")],
    ["settings", join(outside, "../fraises.yaml")],
    ["loop", "loop"],
    ["-rf", "/"],
    ["line\nend", "/etc/passwd"],
    ["data", outside],
  ];
  for (const [name, to] of links) symlinkSync(to, join(folder, name));
  const texts: Readonly<Record<string, string>> = {
    ".gitattributes":
      "*.lfs filter=lfs diff=lfs merge=lfs -text\n*.evil filter=evil ident\n*.u16 working-tree-encoding=UTF-16LE\n[attr]macro filter=evil\n*.macro macro\n",
    "big.lfs": `version https://git-lfs.github.com/spec/v1\noid sha256:${"0".repeat(64)}\nsize 1000000000000\n`,
    "a.evil": "$Id$\n",
    "a.macro": "x\n",
    "a.u16": "x\n",
    ".lfsconfig": `[lfs]\n\turl = file://${outside}\n\tcustomtransfer.evil.path = touch\n`,
    ".gitmodules": [
      ["file", `file://${outside}`, "sub"],
      ["ext", `ext::sh -c touch% ${outside}/ran`, "sub-ext"],
      ["../../../escaped", "../../outside", "sub-up"],
      ["-u./payload", "-u./payload", "sub-option"],
      ["hook\n", "https://ann@127.0.0.1:9/x.git", "sub-line"],
    ]
      .map(
        ([name, url, path]) =>
          `[submodule ${JSON.stringify(name)}]\n\turl = ${JSON.stringify(url)}\n\tpath = ${path}\n\tupdate = !touch ran\n`,
      )
      .join(""),
    payload: "#!/bin/sh\ntouch ran\n",
    "hooks/post-checkout": "#!/bin/sh\ntouch ran\n",
    ".githooks/post-checkout": "#!/bin/sh\ntouch ran\n",
    ".gitconfig": "[core]\n\tfsmonitor = touch ran\n\thooksPath = hooks\n",
    ".mailmap": `${"x".repeat(10_000)}\n`,
    [`${"d/".repeat(200)}deep`]: "x",
  };
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(join(folder, path, ".."), { recursive: true });
    writeFileSync(join(folder, path), text, { mode: text.startsWith("#!") ? 0o755 : 0o644 });
  }
  mkdirSync(join(folder, "empty"));
  for (let i = 0; i < emptyFiles; i++) writeFileSync(join(folder, `empty/${i}`), "");
}
