import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { onlyOnce } from "../../src/http/api/only-once.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { API, freshStore, revision, wanted } from "../helpers/store.ts";

type Post = (verb: string, document: unknown, key?: string) => Promise<Answered>;

interface Answered {
  readonly status: number;
  readonly isRepeated: boolean;
  readonly body: Readonly<Record<string, unknown>>;
}

async function served(): Promise<{ scenario: Scenario; api: (name: string) => Promise<Post> }> {
  const scenario = await createScenario({ deployment: "sweep_interval: 0" });
  await scenario.start();
  // The lock keeps deployments in the queue, so that every request finds it as the request before left it.
  await scenario.fraisier("lock", "--all", "--reason", "keeps them waiting");
  await scenario.commit("1");
  await scenario.push();
  const api = async (name: string): Promise<Post> => {
    const made = await scenario.fraisier("token", "create", "--json", "--name", name, "--scope", "deploy");
    const { token } = JSON.parse(made.stdout) as { token: string };
    return async (verb, document, key) => {
      const response = await fetch(`${scenario.url}/api/v1/${verb}`, {
        method: "POST",
        body: JSON.stringify(document),
        headers: {
          authorization: `Bearer ${token}`,
          "content-type": "application/json",
          ...(key === undefined ? {} : { "idempotency-key": key }),
        },
      });
      const isRepeated = response.headers.get("idempotency-replayed") === "true";
      return { status: response.status, isRepeated, body: (await response.json()) as Answered["body"] };
    };
  };
  return { scenario, api };
}

describe("an Idempotency-Key", () => {
  it("gives the same answer again, after a restart too, and to nobody else", async () => {
    const { scenario, api } = await served();
    const [post, other] = [await api("ci"), await api("other")];
    const wish = { target: "shop/production" };
    const first = await post("deploy", wish, "release-1");
    expect(first).toMatchObject({ status: 200, isRepeated: false, body: { decision: "queued" } });
    await scenario.fraisier("cancel", String(first.body["deployment"]));
    // Without the key this would queue another one.
    const again = { ...first, isRepeated: true };
    expect(await post("deploy", wish, "release-1")).toEqual(again);
    await scenario.stop("SIGKILL");
    await scenario.start();
    expect(await post("deploy", wish, "release-1")).toEqual(again);
    expect(await post("deploy", { ...wish, reason: "another" }, "release-1")).toMatchObject({
      status: 422,
      body: { code: "idempotency_key_reused" },
    });
    expect(await post("lock", { target: "shop/production", reason: "x" }, "release-1")).toMatchObject({ status: 422 });
    expect(await post("deploy", wish, "a b")).toMatchObject({ status: 422, body: { code: "idempotency_key_bad" } });
    const byPeople = async () =>
      (await scenario.store.deployments.history({ limit: 9 })).filter(({ trigger }) => trigger === "person");
    expect(await byPeople()).toHaveLength(1);
    expect(await other("deploy", wish, "release-1")).toMatchObject({ status: 200, isRepeated: false });
    expect(await byPeople()).toHaveLength(2);
    await scenario.stop();
  });

  it("lets one of two requests at once act, and is free again if it failed", async () => {
    const { scenario, api } = await served();
    const post = await api("ci");
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => await post("lock", { target: "shop", reason: "once" }, "one")),
    );
    for (const { status } of answers) expect([200, 409]).toContain(status);
    expect(answers.filter(({ status, isRepeated }) => status === 200 && !isRepeated)).toHaveLength(1);
    const actions = await scenario.store.targets.actions({ fraise: "shop", environment: "production", job: "" }, 9);
    expect(actions.filter(({ action, fraise }) => action === "lock" && fraise === "shop")).toHaveLength(1);
    expect(await post("cancel", { deployment: "0000000000000" }, "two")).toMatchObject({ status: 422 });
    expect(await post("unlock", { target: "shop" }, "two")).toMatchObject({ status: 200, isRepeated: false });
    expect(await post("unlock", { target: "shop" }, "two")).toMatchObject({ status: 200, isRepeated: true });
    await scenario.stop();
  });
});

describe("a request with a key whose process died", () => {
  const request = { caller: "token 1", key: "k", wish: "deploy" };
  const queue = async (store: Awaited<ReturnType<typeof freshStore>>, isCut: boolean): Promise<unknown> =>
    await onlyOnce(request, { store, owner: "1", isDead: () => true }, async (keeping) => {
      const answer = ({ deployment }: { readonly deployment: string }) => ({ deployment });
      if (isCut) throw new Error("the process dies here");
      return { done: answer(await (keeping?.(answer) ?? store).queue.enqueue(API, "person", wanted(revision("a")))) };
    });

  it("has its answer if it acted, and begins again if it did not", async () => {
    const store = await freshStore();
    const died = { ...store, requests: { ...store.requests, end: () => Promise.reject(new Error("dead")) } };
    await expect(queue({ ...died }, true)).rejects.toThrow("dead");
    expect(await store.requests.begin({ ...request, owner: "2", isDead: () => false })).toEqual({ state: "running" });
    await expect(queue(died, false)).rejects.toThrow("dead");
    const [queued] = await store.deployments.history({ limit: 9 });
    expect(await queue(store, false)).toEqual({ done: { deployment: queued?.id }, isRepeated: true });
    expect(await store.deployments.history({ limit: 9 })).toHaveLength(1);
  });

  it("is forgotten after a day", async () => {
    const store = await freshStore();
    await queue(store, false);
    const database = new Database(store.file);
    onTestFinished(() => void database.close());
    database.exec("update tb_request set at = '2020-01-01T00:00:00.000Z'");
    await store.requests.begin({ ...request, key: "another", owner: "1", isDead: () => false });
    expect(database.prepare("select key from tb_request").pluck().all()).toEqual(["another"]);
  });
});
