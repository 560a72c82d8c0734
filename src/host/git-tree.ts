import type { Git, TreeFile, TreeSize } from "./git.ts";
import { git } from "./git-command.ts";
import { requireRevision } from "./git-fetch.ts";
import { commitsIn } from "./git-mirror.ts";

/** More than any script is long: what is asked for is text that a person wrote. */
const MAX_TEXT_BYTES = 1 << 20;

/** The content of a revision, asked of git: nothing is written for it. */
export const trees: Pick<Git, "listFiles" | "measure" | "readFile"> = {
  async listFiles(mirror, revision) {
    requireRevision(revision);
    const [commit] = (await commitsIn(mirror, [revision])) ?? [];
    if (commit === undefined) return undefined;
    const output = await git(["ls-tree", "-r", "-z", "--full-tree", commit], {
      what: `listing the files of ${revision}`,
      env: { GIT_DIR: mirror },
    });
    return output.split("\0").filter(Boolean).map(treeFile);
  },

  async measure(mirror, revision) {
    requireRevision(revision);
    const output = await git(["ls-tree", "-r", "-z", "-l", "--full-tree", revision], {
      what: `measuring ${revision}`,
      env: { GIT_DIR: mirror },
    });
    return output.split("\0").reduce(withLine, { files: 0, bytes: 0 });
  },

  async readFile(mirror, { blob }) {
    requireRevision(blob);
    const call = { what: `reading ${blob}`, env: { GIT_DIR: mirror } };
    if (Number(await git(["cat-file", "-s", blob], call)) > MAX_TEXT_BYTES) return undefined;
    return await git(["cat-file", "blob", blob], call);
  },
};

/** `100755 blob 1234…     512	bin/run`; a submodule has a dash for its size. */
function withLine(sum: TreeSize, line: string): TreeSize {
  const size = /^\d+ blob [0-9a-f]+ +(\d+)\t/.exec(line)?.[1];
  return size === undefined ? sum : { files: sum.files + 1, bytes: sum.bytes + Number(size) };
}

/** The kinds of entries by their mode; every other mode is a file's. */
const KINDS: ReadonlyMap<string, TreeFile["kind"]> = new Map([
  ["100755", "executable"],
  ["120000", "link"],
  ["160000", "submodule"],
]);

/** `100755 blob 1234…	bin/run`. */
function treeFile(line: string): TreeFile {
  const tab = line.indexOf("\t");
  const [mode = "", , blob = ""] = line.slice(0, tab).split(" ");
  return { path: line.slice(tab + 1), blob, kind: KINDS.get(mode) ?? "file" };
}
