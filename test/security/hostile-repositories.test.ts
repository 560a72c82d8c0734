import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { FraisierError } from "../../src/domain/errors.ts";
import { localGit } from "../../src/host/local-git.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { gitIn, ScratchRepository, scratchFolder } from "../host/scratch-repository.ts";
import { reportAttacks } from "./attack-report.ts";
import { HOSTILE_NAMES, rawObjects, writeHostileFiles } from "./hostile-tree.ts";
import type { Entry } from "./hostile-tree.ts";

const EMPTY_FILES = process.env["FRAISIER_TEST_ALL"] === undefined ? 2_000 : 50_000;
/** What steers a terminal, or hides: it stands in no line that is printed. */
const STEERS = new RegExp(
  String.raw`[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]`,
  "u",
);

/** Every file below a folder with its kind, size and content: equal before and after if nothing was written, made or removed there. */
function snapshot(folder: string): string {
  const hash = createHash("sha256");
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const kind = lstatSync(path);
    hash.update(`${path} ${kind.mode} ${kind.size}\n`);
    if (kind.isFile()) hash.update(readFileSync(path));
  }
  return hash.digest("hex");
}

/** Trees that git refuses to write somewhere, or writes without harm. `elsewhere` is a folder that none of them may reach. */
function poisonedTrees(elsewhere: string, blob: (text: string) => string): Readonly<Record<string, readonly Entry[]>> {
  const file = { file: "escaped" } as const;
  const inside = (name: string): readonly Entry[] => [[name, { tree: [["escaped", file]] }]];
  const config = { file: "[core]\n\tfsmonitor = touch ran\n" } as const;
  const gitFolder = (name: string): readonly Entry[] => [
    [
      name,
      {
        tree: [
          ["config", config],
          ["hooks", { tree: [["post-checkout", { file: "#!/bin/sh\ntouch ran\n" }]] }],
        ],
      },
    ],
  ];
  let deep: readonly Entry[] = [["escaped", file]];
  for (let i = 0; i < 20; i++) deep = [["d".repeat(250), { tree: deep }]];
  return {
    ".git": gitFolder(".git"),
    ".GIT": gitFolder(".GIT"),
    "git~1": gitFolder("git~1"),
    ".git with a blank": gitFolder(".git "),
    ".git with a zero-width character": gitFolder(".g\u200cit"),
    ".git as a link": [[".git", { link: elsewhere }]],
    ".git as a file": [[".git", { file: `gitdir: ${elsewhere}\n` }]],
    "..": inside(".."),
    ".": inside("."),
    "a name with slashes that leads up": [["../../elsewhere/escaped", file]],
    "a name with slashes that leads down and up": [["a/../../../elsewhere/escaped", file]],
    "an absolute name": [[join(elsewhere, "escaped"), file]],
    "an empty name": [["", file]],
    backslashes: [["..\\..\\elsewhere\\escaped", file]],
    "a link, and a folder of the same name": [
      ["a", { link: elsewhere }],
      ["a", { tree: [["escaped", file]] }],
    ],
    "a folder, and a link of the same name": [
      ["a", { tree: [["escaped", file]] }],
      ["a", { link: elsewhere }],
    ],
    "a link, and a name below it": [
      ["a", { link: elsewhere }],
      ["a/escaped", file],
    ],
    "settings that are links": [
      [".gitattributes", { link: join(elsewhere, "kept") }],
      [".gitignore", { link: "/dev/zero" }],
      [".gitmodules", { link: "/dev/zero" }],
    ],
    "a link with a target of 100,000 letters": [["a", { link: "x".repeat(100_000) }]],
    "a link without a target": [["a", { link: "" }]],
    "a mode with setuid": [["a", { mode: "104755", object: blob("#!/bin/sh\n") }]],
    "a mode of a device": [["a", { mode: "20666", object: blob("x") }]],
    "a folder that is a file": [["a", { mode: "40000", object: blob("x") }]],
    "a file that is not there": [["a", { mode: "100644", object: "1".repeat(40) }]],
    "a name of 300 letters": [["x".repeat(300), file]],
    "a path of 5,000 letters": deep,
  };
}

describe("a tree that no well-meaning git would make", () => {
  it("is refused with a reason, or laid out, and nothing outside is written or run, in releases and in checkouts", async () => {
    const folder = scratchFolder();
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "kept"), "kept");
    const origin = new ScratchRepository(join(folder, "origin"));
    const usual = origin.commit({ "usual.txt": "usual" });
    const mirror = join(folder, "mirror.git");
    const options = { cloneUrl: origin.folder, ref: "refs/heads/main", timeoutMs: 60_000 };
    await localGit.fetchRevision({ ...options, mirror, revision: usual });
    // Written into the mirror itself: a git that sends refuses some of them.
    const { commit, blob } = rawObjects(mirror);
    const commits = Object.entries(poisonedTrees(elsewhere, blob)).map(
      ([what, entries]) => [what, commit(entries)] as const,
    );
    mkdirSync(join(folder, "place/releases"), { recursive: true });
    const before = snapshot(elsewhere);
    const wrong: string[] = [];
    const outcome = async (what: string, act: () => Promise<unknown>): Promise<void> => {
      const error = await act().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      // A reason for people, not an error that nobody foresaw.
      if (error !== undefined && !(error instanceof FraisierError)) wrong.push(`${what}: ${inspect(error)}`);
      if (snapshot(elsewhere) !== before) wrong.push(`${what}: wrote elsewhere`);
      if (execFileSync("find", [folder, "-name", "ran"], { encoding: "utf8" }) !== "") wrong.push(`${what}: ran`);
      const beside = readdirSync(join(folder, "place")).filter((name) => name !== "releases" && name !== "checkout");
      if (beside.length > 0) wrong.push(`${what}: made ${beside.join()}`);
    };
    for (const [index, [what, revision]] of commits.entries()) {
      const release = join(folder, `place/releases/${index}`);
      await outcome(`${what} in a release`, () => localGit.exportRevision(mirror, revision, release));
    }
    const checkout = join(folder, "place/checkout");
    for (const [what, revision] of commits) {
      execFileSync("rm", ["-rf", checkout]);
      gitIn(folder, "clone", "--quiet", "--no-checkout", mirror, checkout);
      gitIn(checkout, "reset", "--quiet", "--hard", usual);
      await outcome(`${what} in a checkout`, () => localGit.moveCheckout(checkout, revision));
    }
    reportAttacks({ tried: 2 * commits.length, wronglyAccepted: wrong.length, crashes: 0, secretsFound: 0 });
    expect(wrong).toEqual([]);
  });

  it("does not follow a link of one revision when the next has a folder in its place", async () => {
    const folder = scratchFolder();
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    const origin = new ScratchRepository(join(folder, "origin"));
    const { commit } = rawObjects(join(origin.folder, ".git"));
    const [asFolder, asLink] = [
      commit([["a", { tree: [["b", { tree: [["escaped", { file: "x" }]] }]] }]]),
      commit([["a", { tree: [["b", { link: elsewhere }]] }]]),
    ];
    gitIn(origin.folder, "reset", "--quiet", "--hard", asFolder);
    const checkout = join(folder, "checkout");
    gitIn(folder, "clone", "--quiet", origin.folder, checkout);
    gitIn(checkout, "fetch", "--quiet", join(origin.folder, ".git"), asLink);
    for (const revision of [asLink, asFolder, asLink]) await localGit.moveCheckout(checkout, revision);
    expect(readlinkSync(join(checkout, "a/b"))).toBe(elsewhere);
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe("a repository of a hostile committer", () => {
  it("is deployed as it is, shown without its escapes, and removed; nothing outside the release is read, written or run", async () => {
    const scenario = await createScenario({
      environment: "keep_releases: 1\nshared: [data]\nbuild: printf '%s' \"$FRAISIER_REF\" > REF",
    });
    const { folder, app, work } = scenario;
    const outside = join(folder, "outside");
    mkdirSync(outside);
    writeFileSync(join(outside, "kept"), "SENTINEL-OUTSIDE");
    await scenario.start();
    writeHostileFiles(work, outside, EMPTY_FILES);
    const first = await scenario.commit("1");
    for (const path of ["sub", "sub-ext", "sub-up", "sub-option", "sub-line"])
      await scenario.git("update-index", "--add", "--cacheinfo", `160000,${first},${path}`);
    const message = "\u001b[2J\u001b]0;title\u0007\u202e$(touch ran)`touch ran`\r\u200b\u009b31m";
    const name = "Ann\u001b[31m\u202e$(touch${IFS}ran)";
    await scenario.git("-c", `user.name=${name}`, "commit", "--quiet", `--author=${name} <a@b>`, "-m", message);
    const hostile = (await scenario.git("rev-parse", "HEAD")).trim();
    const before = snapshot(outside);
    await scenario.push();
    const row = await scenario.settled(hostile);
    expect(row.status, `${row.reason}\n${row.hint}`).toBe("succeeded");
    expect(await scenario.answer()).toBe("version 1");

    const release = join(app, "releases", row.id);
    expect(readdirSync(join(release, "names"), { encoding: "buffer" })).toHaveLength(HOSTILE_NAMES.length);
    expect(readdirSync(join(release, "empty"))).toHaveLength(EMPTY_FILES);
    expect(readFileSync(join(release, "a.evil"), "utf8")).toMatch(/^\$Id/);
    expect(readlinkSync(join(release, "out"))).toBe(outside);
    expect(readlinkSync(join(release, "data"))).toBe("../../shared/data");
    expect(existsSync(join(app, "shared/data/kept"))).toBe(false);

    // The same bytes as the name of a tag, which goes through the hook, the delivery, the queue and the environment of commands.
    const tag = "v$(touch${IFS}ran);touch${IFS}ran|`id`\u202e\u200b";
    await scenario.commit("2");
    await scenario.git("tag", tag);
    const second = (await scenario.git("rev-parse", "HEAD")).trim();
    await scenario.git("push", "--quiet", "origin", `refs/tags/${tag}`);
    const tagged = await scenario.settled(second);
    expect(tagged).toMatchObject({ status: "succeeded", ref: { kind: "tag", name: tag } });
    expect(readFileSync(join(app, "current/REF"), "utf8")).toBe(tag);

    const third = await scenario.commit("3");
    await scenario.push();
    expect(await scenario.settled(third)).toMatchObject({ status: "succeeded" });
    expect(existsSync(release)).toBe(false);
    expect(snapshot(outside)).toBe(before);
    expect(execFileSync("find", [folder, "-name", "ran*"], { encoding: "utf8" })).toBe("");
    const steered = await steeredOutput(scenario, row.id);
    reportAttacks({ tried: HOSTILE_NAMES.length + 25, wronglyAccepted: steered.length, crashes: 0, secretsFound: 0 });
    expect(steered).toEqual([]);
    expect(scenario.isServing()).toBe(true);
  });

  it("fails with a reason if what is shared would lie where its link leads, and leaves that place alone", async () => {
    const scenario = await createScenario({ environment: "shared: [conf/local]" });
    const outside = join(scenario.folder, "outside");
    mkdirSync(join(outside, "local"), { recursive: true });
    await scenario.start();
    execFileSync("ln", ["-s", outside, join(scenario.work, "conf")]);
    const revision = await scenario.commit("1");
    const before = snapshot(outside);
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({
      status: "failed",
      reason: "shared conf/local would not lie in the release: conf is a symbolic link in the repository",
    });
    expect(snapshot(outside)).toBe(before);
  });
});

/** The commands that print something of which steers a terminal, and the lines of the daemon's log that do. */
async function steeredOutput(scenario: Scenario, id: string): Promise<readonly string[]> {
  const questions = [
    ["status"],
    ["history"],
    ["show", id],
    ["logs", id],
    ["why", "last"],
    ["webhooks"],
    ["webhooks", "show", "last"],
  ];
  const steered: string[] = [];
  for (const question of questions) {
    for (const more of [[], ["--json"]]) {
      const { stdout, stderr } = await scenario.fraisier(...question, ...more);
      if (STEERS.test(stdout + stderr)) steered.push([...question, ...more].join(" "));
    }
  }
  for (const line of scenario.daemonLog().split("\n"))
    if (STEERS.test(line)) steered.push(`the log: ${line.slice(0, 80)}`);
  return steered;
}
