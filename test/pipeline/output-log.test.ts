import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { redactor } from "../../src/domain/redact.ts";
import { openOutputLog } from "../../src/pipeline/output-log.ts";
import type { Store } from "../../src/store/store.ts";
import { delivery, freshStore, revision } from "../helpers/store.ts";

async function deployment(store: Store): Promise<string> {
  const [recorded] = await store.deliveries.record([delivery(revision("a"))]);
  return recorded?.decisions[0]?.deployment ?? "";
}

async function lines(store: Store, id: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let after = 0; ;) {
    const page = await store.deployments.output(id, after, 5_000);
    found.push(...page.map(({ line }) => line));
    const last = page.at(-1);
    if (last === undefined) return found;
    after = last.sequence;
  }
}

describe("a deployment's log", () => {
  it("keeps lines in order, and none of the secrets in them", async () => {
    const store = await freshStore();
    const id = await deployment(store);
    const log = openOutputLog(store, id, 1, redactor(["hunter2"]));
    for (let i = 0; i < 2_000; i++) log.add("build", i % 2 === 0 ? "stdout" : "stderr", `${i} hunter2`);
    await log.close();
    expect(await lines(store, id)).toEqual(Array.from({ length: 2_000 }, (_, i) => `${i} ***`));
  });

  it("keeps the start and the end of a flood, and says what is left out", async () => {
    const store = await freshStore();
    const id = await deployment(store);
    const log = openOutputLog(store, id, 1, (text) => text);
    for (let i = 0; i < 100_000; i++) log.add("build", "stdout", `line ${i}`);
    await log.close();
    const kept = await lines(store, id);
    expect(kept).toHaveLength(20_501);
    expect(kept[19_999]).toBe("line 19999");
    expect(kept[20_000]).toBe("… 79500 lines left out here …");
    expect(kept.at(-1)).toBe("line 99999");
  });

  it("looks for secrets only in the lines of a flood that it keeps, and gives each the time at which it came", async () => {
    const store = await freshStore();
    const id = await deployment(store);
    let looked = 0;
    const redact = redactor(["hunter2"]);
    const log = openOutputLog(store, id, 1, (text) => {
      looked += 1;
      return redact(text);
    });
    for (let i = 0; i < 50_000; i++) log.add("build", "stdout", `${i} hunter2`);
    const flooded = new Date().toISOString();
    await setTimeout(20);
    await log.close();
    const kept = await lines(store, id);
    expect(kept).toHaveLength(20_501);
    expect(looked).toBe(kept.length);
    expect(kept.filter((line) => line.includes("hunter2"))).toEqual([]);
    expect(kept.slice(-500)).toEqual(Array.from({ length: 500 }, (_, i) => `${49_500 + i} ***`));
    const [last] = (await store.deployments.output(id, 1_000_000 + 20_500, 10)).slice(-1);
    expect(last?.at !== undefined && last.at <= flooded).toBe(true);
  });

  it("writes lines that come after it was closed, behind the end of a flood", async () => {
    const store = await freshStore();
    const id = await deployment(store);
    const log = openOutputLog(store, id, 1, (text) => text);
    for (let i = 0; i < 20_700; i++) log.add("build", "stdout", `line ${i}`);
    await log.close();
    for (let i = 0; i < 501; i++) log.add("build", "stdout", `late ${i}`);
    await log.close();
    const kept = await lines(store, id);
    expect(kept.slice(20_000, 20_002)).toEqual(["… 200 lines left out here …", "line 20200"]);
    expect(kept.slice(20_501, 20_503)).toEqual(["… 1 lines left out here …", "late 1"]);
    expect(kept.at(-1)).toBe("late 500");
  });

  it("goes on behind the lines of a runner that died", async () => {
    const store = await freshStore();
    const id = await deployment(store);
    for (const [attempt, line] of [
      [1, "before"],
      [2, "after"],
    ] as const) {
      const log = openOutputLog(store, id, attempt, (text) => text);
      log.add("build", "stdout", line);
      await log.close();
    }
    expect(await lines(store, id)).toEqual(["before", "after"]);
  });
});
