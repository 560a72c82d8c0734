import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../helpers/temporary.ts";

const SRC = join(import.meta.dirname, "../../src");

/** Each entry of the journal of a deployment, and how many times the process waited for the disk during it. */
function waits(entries: string): Record<string, number> {
  const folder = temporaryFolder();
  const trace = join(folder, "trace");
  const script = `
    import { writeSync } from "node:fs";
    const { openStore } = await import("${SRC}/store/store.ts");
    const { openJournal } = await import("${SRC}/pipeline/journal.ts");
    const store = await openStore("sqlite:${folder}/store.db");
    const target = { fraise: "shop", environment: "production", job: "" };
    const { deployment: id } = await store.queue.enqueue(target, "person", { revision: "a".repeat(40), previous: undefined,
      ref: { kind: "branch", name: "main" }, forced: false, message: "a change", triggeredBy: "ann" });
    await store.queue.claim(id, { leaseMs: 60_000, claimer: "{}" });
    const write = async (name, act) => { writeSync(2, "<" + name + ">"); await act(); writeSync(2, "<end>"); };
    const adopt = () => store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, 60_000);
    await write("adopt", adopt);
    const journal = await openJournal(store, id, "runner", String);
    const step = (name, phase, undo) => ({ name, phase, describe: () => name, run: async () => {}, ...(undo ? { undo: async () => {} } : {}) });
    const fetch = step("fetch", "pulling_source"), layOut = step("lay-out", "copying_files", true);
    const check = step("check", "health_check"), prune = step("prune", "finalizing");
    ${entries}
    await store.close();`;
  const node = [process.execPath, "--input-type=module", "--eval", script];
  const strace = ["-f", "-qq", "-e", "trace=fsync,fdatasync,write", "-e", "write=2", "-s", "60", "-o", trace];
  execFileSync("strace", [...strace, ...node], { stdio: "pipe" });
  const found: Record<string, number> = {};
  let entry = "";
  for (const line of readFileSync(trace, "utf8").split("\n")) {
    entry = /write\(2, "<([^>]+)>"/.exec(line)?.[1] ?? entry;
    if (entry === "" || entry === "end") continue;
    found[entry] = (found[entry] ?? 0) + (/ (?:fsync|fdatasync)\(/.test(line) ? 1 : 0);
  }
  return found;
}

it("a runner waits for the disk before it begins what must be taken back, or what follows a change of the host", () => {
  const found = waits(`
    await write("begin to fetch", () => journal.start(fetch));
    await write("a fact of the fetch", () => journal.remember(fetch, { commit: "a" }));
    await write("fetched", () => journal.finish(fetch));
    await write("a phase", () => store.deployments.enterPhase(id, "runner", { phase: "copying_files", progress: 1, metadata: {} }));
    await write("a line", () => store.deployments.appendOutput(id, [{ sequence: 1, at: "2026-01-01T00:00:00.000Z", step: "fetch", stream: "stdout", line: "x" }]));
    await write("begin to lay out", () => journal.start(layOut));
    await write("a fact of the release", () => journal.remember(layOut, { commit: "a" }));
    await write("laid out", () => journal.finish(layOut));
    await write("begin to check", () => journal.start(check));
    await write("checked", () => journal.finish(check));
    await write("begin to prune", () => journal.start(prune));
    await write("begin to take back", () => journal.startUndo(layOut));
    await write("taken back", () => journal.finishUndo(layOut));
  `);
  expect(found).toEqual({
    adopt: 0,
    "begin to fetch": 0,
    "a fact of the fetch": 0,
    fetched: 0,
    "a phase": 0,
    "a line": 0,
    "begin to lay out": 1,
    "a fact of the release": 1,
    "laid out": 0,
    "begin to check": 1,
    checked: 0,
    "begin to prune": 1,
    "begin to take back": 1,
    "taken back": 1,
  });
});

it("the lease of a runner, which a power cut ends as well, is written without waiting for the disk, and the outcome is waited for", () => {
  const found = waits(`
    await write("renew", () => store.queue.renewLease(id, "runner", 60_000));
    await write("revoke", () => store.queue.revokeLeases([{ id, leaseOwner: "runner" }]));
    await write("take up again", () => store.queue.reclaim(id, 60_000, "{}"));
    await write("adopt again", adopt);
    await write("settle", () => store.deployments.settle(id, "runner", { outcome: "failed", reason: "", hint: "" }));
  `);
  expect(found).toEqual({ adopt: 0, renew: 0, revoke: 1, "take up again": 0, "adopt again": 0, settle: 1 });
});
