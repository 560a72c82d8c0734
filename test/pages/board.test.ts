import { describe, expect, it, vi } from "vitest";
import { answerStatus } from "../../src/answers/targets/answer-status.ts";
import { freezeNow } from "../../src/answers/targets/freeze-now.ts";
import { BOARD_ROW, boardColumns } from "../../src/pages/board/board-columns.ts";
import { keyOf } from "../../src/pages/parts/key-of.ts";
import { tableRow } from "../../src/pages/parts/table.ts";
import { makeToken, signIn } from "../helpers/dashboard.ts";
import { filledStore } from "../helpers/filled-store.ts";
import { createScenario } from "../helpers/scenario.ts";
import { shower } from "../helpers/shown-page.ts";
import type { Shower } from "../helpers/shown-page.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

const WEB = { fraise: "web", environment: "staging", job: "" };
const HOSTILE = '<time datetime="2026-01-01T00:00:00Z" title="x" data-ago>1 s ago</time>';

function rowsIn(page: string | undefined): readonly string[] {
  return [...(page ?? "").matchAll(/<tr role="row" id="target-([^"]+)"/g)].map(([, name = ""]) => name);
}

/** Every row of the board as it is drawn without any memory. */
async function drawnAnew({ sources }: Shower): Promise<readonly string[]> {
  const now = new Date();
  const freezeOf = freezeNow(sources.config, now);
  const { targets } = await answerStatus(sources, { targets: {}, host: undefined, isBrief: true });
  const rows = targets.map(async (status) => {
    const key = keyOf(status);
    return String(await tableRow(boardColumns(now), { key, status, freeze: freezeOf(key) }, BOARD_ROW));
  });
  return await Promise.all(rows);
}

describe("the board", () => {
  it("is after every change, and at every moment, the board that is drawn anew", async () => {
    const { store, ids } = await filledStore();
    const api = shower(store);
    const { show } = api;
    const before = await show("/");
    expect(rowsIn(before)).toEqual(["api/production", "web/staging"]);
    const seen = new Set<string | undefined>([before]);
    const isNew = async (after: string): Promise<void> => {
      const page = (await show("/")) ?? "";
      const rows = await drawnAnew(api);
      expect(rows).toHaveLength(2);
      for (const row of rows) expect(page).toContain(row);
      expect(seen.has(page), after).toBe(false);
      seen.add(page);
    };
    const changes: readonly (() => Promise<unknown>)[] = [
      async () => await store.targets.unlock(API, "ann", ""),
      async () => await store.targets.recordDrift(API, `switched by hand ${HOSTILE}`),
      async () => await store.queue.cancel(ids.other, "ann", ""),
      async () => await store.queue.claim(ids.waiting, { leaseMs: 60_000, claimer: "{}" }),
      async () => {
        await store.queue.adopt(ids.waiting, { owner: "runner", kind: "process", identity: "{}" }, 60_000);
        await store.deployments.enterPhase(ids.waiting, "runner", { phase: "building", progress: 40, metadata: {} });
      },
      async () => await store.deployments.settle(ids.waiting, "runner", { outcome: "failed", reason: "<b>", hint: "" }),
      async () => await store.queue.enqueue(WEB, "person", wanted(revision("9"))),
    ];
    for (const change of changes) {
      await change();
      await isNew(String(change));
    }
    const begin = Date.now();
    for (const seconds of [1, 59, 60, 3_600, 90_000, 10 * 86_400]) {
      vi.setSystemTime(begin + seconds * 1_000);
      await isNew(`${seconds} s`);
    }
    expect(await show("/")).toContain("10 d ago");
  });

  it("shows somebody with some targets these alone, whoever looked before", async () => {
    const { store } = await filledStore();
    expect(rowsIn(await shower(store).show("/"))).toEqual(["api/production", "web/staging"]);
    const page = await shower(store, { fraises: ["web"], scope: "read" }).show("/");
    expect(rowsIn(page)).toEqual(["web/staging"]);
    expect(page).not.toContain("api");
    expect(rowsIn(await shower(store, { environments: ["production"] }).show("/"))).toEqual(["api/production"]);
  });

  it("never takes a row of another store for its own", async () => {
    const { store } = await filledStore();
    await shower(store).show("/");
    const other = await freshStore();
    await other.queue.enqueue(API, "person", wanted(revision("7")));
    const shown = shower(other);
    const [row = ""] = await drawnAnew(shown);
    expect(row).toContain(revision("7").slice(0, 8));
    expect(await shown.show("/")).toContain(row);
  });

  it("shows a push at once to everybody who may know of it, and says to each person who they are", async () => {
    const scenario = await createScenario({
      fraises: `docs:
  type: script
  repository: acme/docs
  clone_url: $FOLDER/none.git
  environments: { production: { branch: main, app_path: $FOLDER/docs } }`,
    });
    await scenario.start();
    const names = { ann: ["--scope", "deploy"], bob: ["--scope", "read", "--fraise", "docs"] };
    const visitors = await Promise.all(
      Object.entries(names).map(
        async ([name, options]) => await signIn(scenario, await makeToken(scenario, "--name", name, ...options)),
      ),
    );
    const look = async (): Promise<readonly string[]> =>
      await Promise.all(visitors.map(async (each) => await (await each.get("/")).text()));
    const [first = "", second = ""] = await look();
    expect([rowsIn(first), rowsIn(second)]).toEqual([["docs/production", "shop/production"], ["docs/production"]]);
    const pushed = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(pushed);
    const [ofAnn = "", ofBob = ""] = await look();
    expect(ofAnn).toContain(pushed);
    expect(ofBob).not.toContain(pushed);
    expect(ofBob).not.toContain("shop");
    expect([ofAnn.includes("token ann"), ofAnn.includes("token bob")]).toEqual([true, false]);
    expect([ofBob.includes("token ann"), ofBob.includes("token bob")]).toEqual([false, true]);
    await scenario.stop();
  });
});
