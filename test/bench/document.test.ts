import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chart } from "../../bench/chart.ts";
import { documentOf, pointsOf, writeDocument } from "../../bench/document.ts";
import { figure } from "../../bench/figure.ts";
import { keptResults, readResult, writeResult } from "../../bench/results.ts";
import type { Result } from "../../bench/results.ts";
import { readTrace } from "../../bench/traced.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

function result(at: string, ms: number, isWhole = true): Result {
  const row = figure("live.bundle", "`fraisier` adds", ms, {
    unit: " ms",
    wanted: { most: 230 },
    boundBy: "the runner starts.",
  });
  const rows = [{ measured: "a shell script", result: "59 ms" }, row];
  const parts = [{ letter: "d", title: "Push to live", rows }];
  return { version: 1, at, revision: `r${ms}`, command: "npm run bench", isWhole, machine: ["Memory: 4 GiB"], parts };
}

const [FIRST, SECOND] = [result("2026-11-21T10:00:00.000Z", 281), result("2026-11-22T10:00:00.000Z", 200)];

describe("a result of the benchmark", () => {
  it("is kept in a file that is named by day and revision, and comes back as it was", () => {
    const folder = temporaryFolder();
    const files = [SECOND, FIRST, result("2026-11-23T10:00:00.000Z", 90, false)].map((each) =>
      writeResult(each, folder),
    );
    expect(files.map((file) => file.split("/").at(-1))).toEqual([
      "2026-11-22-r200.json",
      "2026-11-21-r281.json",
      "2026-11-23-r90-d.json",
    ]);
    expect(readResult(files[1] ?? "")).toEqual(FIRST);
    expect(keptResults(folder).map(({ revision }) => revision)).toEqual(["r281", "r200", "r90"]);
    writeFileSync(join(folder, "other.json"), '{"version":2}');
    expect(() => keptResults(folder)).toThrow("another version");
  });

  it("becomes a page with a table, a chart and a sentence for each figure", () => {
    const text = documentOf("# Benchmarks\n", SECOND);
    expect(text).toContain("- Date: 2026-11-22; revision r200\n- Command: `npm run bench`\n- Memory: 4 GiB\n");
    expect(text).toContain("## (d) Push to live\n\n| measured        | result | wanted   | met |\n");
    expect(text).toContain("| `fraisier` adds | 200 ms | ≤ 230 ms | yes |\n");
    expect(text).toContain("![fraisier adds](images/bench/live.bundle.svg)\n\n`fraisier` adds: the runner starts.\n");
    expect(documentOf("", FIRST)).toContain("| missed by 51 ms |");
  });

  it("is drawn with the whole runs before it, and takes charts away that belong to no figure any more", () => {
    const later = result("2026-11-24T10:00:00.000Z", 100);
    const partial = result("2026-11-20T10:00:00.000Z", 90, false);
    const points = pointsOf(SECOND, [partial, FIRST, SECOND, later]).get("live.bundle");
    expect(points?.map(({ revision }) => revision)).toEqual(["r281", "r200"]);
    const docs = temporaryFolder();
    mkdirSync(join(docs, "images/bench"), { recursive: true });
    writeFileSync(join(docs, "images/bench/gone.svg"), "");
    writeDocument(SECOND, [FIRST], docs);
    expect(readFileSync(join(docs, "benchmarks.md"), "utf8")).toContain("# Benchmarks");
    const names = execFileSync("ls", [join(docs, "images/bench")], { encoding: "utf8" });
    expect(names).toBe("live.bundle.svg\n");
    expect(readFileSync(join(docs, "images/bench/live.bundle.svg"), "utf8")).toBe(chart(points ?? []));
  });
});

describe("a chart", () => {
  it("has a dot for each run, a line at what is wanted, and says the newest value in words", () => {
    const points = pointsOf(SECOND, [FIRST]).get("live.bundle") ?? [];
    const text = chart(points);
    expect(text).toContain('aria-label="200 ms, wanted ≤ 230 ms"');
    expect(text.match(/<circle class="(\w+)"/g)).toEqual(['<circle class="missed"', '<circle class="met"']);
    expect(text).toContain("<title>2026-11-21 r281: 281 ms</title>");
    expect(text).toContain('<line class="wanted"');
    expect(text).not.toContain("NaN");
    expect(chart(points.slice(1))).not.toContain("NaN");
    const markup = { at: "2026-11-22", revision: 'a"<b>', figure: points[0]?.figure };
    if (markup.figure === undefined) throw new Error("there is a point");
    expect(chart([{ ...markup, figure: markup.figure }])).toContain("a&quot;&lt;b>");
  });
});

describe("a log of strace", () => {
  it("is read for programs, processes and synced files that were, also if a call stands on two lines", () => {
    const { programs, forks, synced } = readTrace(`10 execve("/usr/bin/git", ["git", "fetch"], 0x7ffd /* 20 vars */) = 0
10 execve("/usr/local/bin/git", ["git"], 0x7ffd /* 20 vars */) = -1 ENOENT (No such file or directory)
10 clone3({flags=CLONE_VM|CLONE_VFORK, exit_signal=SIGCHLD}, 88) = 11
10 clone3({flags=CLONE_VM|CLONE_THREAD, exit_signal=0} => {parent_tid=[12]}, 88) = 12
11 vfork( <unfinished ...>
13 execve("/bin/sh", ["sh"], 0x7ffd /* 20 vars */ <unfinished ...>
11 <... vfork resumed>)                = 13
13 <... execve resumed>)                = 0
12 fdatasync(22</srv/fraisier.db-wal>)  = 0
12 fsync(23</srv>)                      = -1 EINVAL (Invalid argument)
`);
    expect(programs).toEqual(["/usr/bin/git", "/bin/sh"]);
    expect(forks).toBe(2);
    expect(synced).toEqual(["/srv/fraisier.db-wal"]);
  });
});
