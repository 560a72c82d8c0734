import { describe, expect, it } from "vitest";
import type { Feed } from "../../src/answers/following/feed.ts";
import { follow } from "../../src/answers/following/follow.ts";
import { storeFeed } from "../../src/answers/following/store-feed.ts";
import { API_FRAISES, parse } from "../helpers/parse-fraises.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

const LEASE_MS = 60_000;

async function queued() {
  const store = await freshStore();
  const { deployment: id } = await store.queue.enqueue(API, "person", wanted(revision("a")));
  const output = async (sequence: number, line: string): Promise<void> =>
    await store.deployments.appendOutput(id, [
      { sequence, at: new Date().toISOString(), step: "build", stream: "stdout", line },
    ]);
  return { store, id, output, feed: storeFeed({ store, config: parse(API_FRAISES) }) };
}

/** A feed whose pauses do the next thing that happens to the deployment. */
function scripted(feed: Feed, happenings: readonly (() => Promise<unknown>)[]): Feed {
  const left = [...happenings];
  return { ...feed, news: async () => void (await left.shift()?.()) };
}

describe("following a deployment", () => {
  it("gives each change and each line once, from before it begins until it has ended", async () => {
    const { store, id, output, feed } = await queued();
    const happens = scripted(feed, [
      async () => {
        await store.queue.claim(id, { leaseMs: LEASE_MS, claimer: "{}" });
        await store.queue.adopt(id, { owner: "runner", kind: "process", identity: "{}" }, LEASE_MS);
      },
      async () => await store.deployments.enterPhase(id, "runner", { phase: "building", progress: 40, metadata: {} }),
      async () => await output(1, "one"),
      async () => {},
      async () => {
        await output(2, "two");
        await store.deployments.settle(id, "runner", { outcome: "failed", reason: "it broke", hint: "" });
      },
    ]);
    const seen: string[] = [];
    for await (const { document, lines } of follow(happens, id, { logAfter: 0 })) {
      const { status, phase } = document.deployment;
      seen.push([status, phase, ...lines.map(({ line }) => line)].join(" "));
    }
    expect(seen).toEqual([
      "queued queued",
      "running queued",
      "running building",
      "running building one",
      "failed failed two",
    ]);
  });

  it("reads the deployment a last time once the signal aborts, and goes on behind a line", async () => {
    const { id, output, feed } = await queued();
    const over = new AbortController();
    await output(1, "one");
    await output(2, "two");
    const happens = scripted(feed, [
      async () => {
        over.abort();
        await output(3, "three");
      },
    ]);
    const lines: string[] = [];
    for await (const each of follow(happens, id, { logAfter: 1, signal: over.signal }))
      lines.push(...each.lines.map(({ line }) => line));
    expect(lines).toEqual(["two", "three"]);
  });

  it("gives nothing if there is no such deployment", async () => {
    const { feed } = await queued();
    expect(await follow(feed, "absent").next()).toEqual({ done: true, value: undefined });
  });
});
