import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { openEvents } from "../helpers/event-client.ts";
import type { ReceivedEvent } from "../helpers/event-client.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario, ScenarioOptions } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

async function served(options: ScenarioOptions = {}): Promise<Scenario> {
  const scenario = await createScenario(options);
  await scenario.start();
  return scenario;
}

async function tokenOf(scenario: Scenario, ...options: readonly string[]): Promise<string> {
  const made = await scenario.fraisier("token", "create", "--json", "--scope", "read", ...options);
  return (JSON.parse(made.stdout) as { token: string }).token;
}

/** The numbers of the changes on record about deployments and deliveries; a change of all targets is told as many events. */
function recordedChanges(scenario: Scenario): readonly { sequence: number; kind: string; subject: string }[] {
  const database = new Database(join(scenario.folder, "fraisier.db"), { readonly: true });
  onTestFinished(() => void database.close());
  const rows = database.prepare("select sequence, kind, subject from tb_change order by sequence").all();
  return rows as { sequence: number; kind: string; subject: string }[];
}

const sequenceOf = ({ id }: Pick<ReceivedEvent, "id">): number => Number(id.split("-")[0]);
const lines = (events: readonly ReceivedEvent[]): readonly number[] =>
  events.flatMap(({ event, data }) =>
    event === "log" ? (data["lines"] as { sequence: number }[]).map(({ sequence }) => sequence) : [],
  );

const TALKS = `build: 'for i in $(seq 80); do echo "line $i"; sleep 0.03; done'`;

describe("server-sent events", () => {
  it("come once each, in order, to a client that loses its connection while the daemon is killed in mid-deployment", async () => {
    const scenario = await served({ environment: TALKS });
    const token = await tokenOf(scenario, "--name", "page");
    const everything = openEvents({ at: scenario.url, path: "/api/v1/events", token });
    await expect.poll(() => everything.lastId()).not.toBe("");
    const first = Number(everything.lastId().split("-")[0]);
    const revision = await scenario.commit("1");
    await scenario.push();
    const [queued] = await scenario.store.deployments.history({ limit: 1 });
    const id = queued?.id ?? "";
    const one = openEvents({ at: scenario.url, path: `/api/v1/events?deployment=${id}&log_after=0`, token });
    await until("lines of the log", async () => lines(one.events).length > 5);
    for (const ms of [120, 40, 210]) {
      everything.cut();
      one.cut();
      await sleep(ms);
    }
    await scenario.stop("SIGKILL");
    await scenario.start();
    for (const ms of [90, 150]) {
      one.cut();
      await sleep(ms);
      everything.cut();
    }
    await scenario.settled(revision);
    const isEnd = ({ event, data }: ReceivedEvent): boolean => event === "deployment" && data["status"] === "succeeded";
    await until("both clients hear of the end", async () =>
      [everything, one].every(({ events }) => events.some(isEnd)),
    );
    const newest = await scenario.store.changes.newest();
    await until("the last event", async () => sequenceOf({ id: everything.lastId() }) >= (newest?.sequence ?? 0));

    const changes = recordedChanges(scenario).filter(({ sequence }) => sequence > first);
    const told = everything.events.map((each) => ({ sequence: sequenceOf(each), kind: each.event }));
    // The settings of the scenario have one target, so that a change of every target is one event.
    expect(told).toEqual(
      changes
        .filter(({ sequence }) => sequence <= (told.at(-1)?.sequence ?? 0))
        .map(({ sequence, kind }) => ({ sequence, kind })),
    );
    expect(new Set(everything.events.map(({ id: each }) => each)).size).toBe(told.length);
    expect(new Set(told.map(({ kind }) => kind))).toEqual(new Set(["deployment", "target", "delivery"]));

    const own = changes.filter(({ kind, subject }) => kind === "deployment" && subject === id);
    const heard = one.events.filter(({ event }) => event === "deployment").map(sequenceOf);
    expect(heard).toEqual(own.map(({ sequence }) => sequence).filter((each) => each >= (heard[0] ?? 0)));
    const log = await scenario.store.deployments.output(id, 0, 1_000);
    expect(lines(one.events)).toEqual(log.map(({ sequence }) => sequence));
    expect(log.length).toBeGreaterThan(80);
    // Everything that the deployment wrote came before its end.
    expect(one.events.findIndex(isEnd)).toBeGreaterThan(one.events.findLastIndex(({ event }) => event === "log"));
    await scenario.stop();
  });

  it("have the documents of the API, and narrow to what is asked for and to what a token may know of", async () => {
    const scenario = await served({ environments: "staging: { branch: main, app_path: '{folder}/srv/staging' }" });
    const token = await tokenOf(scenario, "--name", "page");
    const narrow = await tokenOf(scenario, "--name", "staging", "--environment", "staging");
    const open = (path: string, by = token) =>
      openEvents({ at: scenario.url, path: `/api/v1/events${path}`, token: by });
    const [all, production, staging] = [open(""), open("?environment=production"), open("", narrow)];
    const clients = [all, production, staging];
    await until("the streams", async () => clients.every((each) => each.lastId() !== ""));
    await scenario.fraisier("lock", "shop/production", "--reason", "database move");
    await scenario.fraisier("lock", "shop/staging", "--reason", "second");
    await scenario.fraisier("lock", "--all", "--reason", "third");
    await scenario.commit("1");
    await scenario.push();
    const ended = (name: string) => clients.filter(({ events }) => events.some(({ event }) => event === name)).length;
    await until("the delivery", async () => ended("delivery") === 3 && ended("deployment") === 3);
    const targets = (events: readonly ReceivedEvent[]): readonly unknown[] =>
      events.filter(({ event }) => event === "target").map(({ data }) => data["target"]);
    expect(targets(all.events).slice(0, 4)).toEqual([
      "shop/production",
      "shop/staging",
      "shop/production",
      "shop/staging",
    ]);
    expect(targets(production.events).slice(0, 2)).toEqual(["shop/production", "shop/production"]);
    expect(JSON.stringify(staging.events)).not.toContain("production");
    expect(all.events.find(({ event }) => event === "target")?.data).toMatchObject({
      locks: [{ environment: "production", reason: "database move" }],
    });
    const delivery = all.events.find(({ event }) => event === "delivery");
    expect(delivery?.data["decisions"]).toHaveLength(2);
    // Why a deployment waits is written a moment after it is queued: the last event has what the list has then.
    const lastEvent = () => all.events.findLast(({ event }) => event === "deployment")?.data ?? {};
    await until("the last event to be as the list", async () => {
      const listed = (await (await ask(scenario, token, "/deployments")).json()) as { deployments: object[] };
      const { change: _, ...row } = lastEvent();
      return listed.deployments.some((each) => isDeepStrictEqual(each, row));
    });
    const { change } = lastEvent();
    expect(change).toMatchObject({ status: "queued", phase: "queued", progress: 0 });
    // A change of several targets is told in parts: a client that has the first one gets the others.
    const part = all.events.filter(({ event }) => event === "target")[2]?.id ?? "";
    const rest = open(`?after=${encodeURIComponent(part)}`);
    await until("the rest", async () => rest.lastId() === all.lastId());
    expect(rest.events.map(({ id: each }) => each)).toEqual(
      all.events.slice(all.events.findIndex(({ id: each }) => each === part) + 1).map(({ id: each }) => each),
    );
    await scenario.stop();
  });

  it("end with the token, and refuse names that nobody knows and methods that write", async () => {
    const scenario = await served();
    const token = await tokenOf(scenario, "--name", "page");
    const client = openEvents({ at: scenario.url, path: "/api/v1/events", token });
    await expect.poll(() => client.lastId()).not.toBe("");
    await scenario.fraisier("token", "revoke", "page");
    await expect.poll(() => client.statuses).toContain(401);
    client.stop();
    const other = await tokenOf(scenario, "--name", "other");
    for (const path of ["/events?fraise=shopp", "/events?deployment=0000000000000"])
      expect((await ask(scenario, other, path)).status, path).toBe(404);
    expect((await ask(scenario, other, "/events?colour=red")).status).toBe(422);
    expect((await ask(scenario, other, "/events", "HEAD")).headers.get("content-type")).toContain("text/event-stream");
    await scenario.stop();
  });

  it("begin anew with one event if those behind the last one are not on record any more", async () => {
    const scenario = await served();
    const token = await tokenOf(scenario, "--name", "page");
    await scenario.fraisier("lock", "shop/production", "--reason", "one");
    const { sequence = 0, at = "" } = (await scenario.store.changes.newest()) ?? {};
    const stamp = Date.parse(at).toString(36);
    const known = openEvents({ at: scenario.url, path: `/api/v1/events?after=${sequence}-${stamp}`, token });
    // Another time at this number: the store was restored from a backup.
    const others = [`${sequence}-1`, `${sequence + 1000}-${stamp}`, "nonsense"].map((after) =>
      openEvents({ at: scenario.url, path: `/api/v1/events?after=${after}`, token }),
    );
    await until("the resets", async () => others.every(({ events }) => events.length === 1));
    await scenario.fraisier("unlock", "shop/production");
    await until("the events behind them", async () =>
      [known, ...others].every(({ events }) => events.at(-1)?.event === "target"),
    );
    expect(known.events.map(({ event }) => event)).toEqual(["target"]);
    for (const { events } of others) expect(events.map(({ event }) => event)).toEqual(["reset", "target"]);
    expect(new Set([known, ...others].map((each) => each.lastId())).size).toBe(1);
    await scenario.stop();
  });

  it("come over the local socket, are limited for one caller, and end at once when the daemon stops", async () => {
    const socket = join(temporaryFolder(), "read.sock");
    const scenario = await served({ server: `read_socket: ${socket}` });
    const open = () => openEvents({ at: socket, path: "/api/v1/events", isFaithful: false });
    const clients = Array.from({ length: 32 }, open);
    await until("the streams", async () => clients.every((each) => each.lastId() !== ""));
    const refused = open();
    await until("the refusal", async () => refused.statuses.length > 0);
    expect(refused.statuses).toEqual([503]);
    clients.pop()?.stop();
    await until("a free place", async () => {
      const another = open();
      await until("an answer", async () => another.statuses.length > 0);
      return another.statuses[0] === 200;
    });
    // Longer than that it would only wait for connections that nobody ends.
    const begun = performance.now();
    await scenario.stop();
    expect(performance.now() - begun).toBeLessThan(3_500);
  });
});

async function ask(scenario: Scenario, token: string, path: string, method = "GET"): Promise<Response> {
  return await fetch(`${scenario.url}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } });
}
