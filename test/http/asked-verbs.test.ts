import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createWorkPlaces } from "../../src/compose/asked/work-places.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

type Post = (
  verb: string,
  document: object,
  signal?: AbortSignal,
) => Promise<{ readonly status: number; readonly type: string; readonly body: Readonly<Record<string, unknown>> }>;

async function api(scenario: Scenario, ...options: readonly string[]): Promise<Post> {
  const made = await scenario.fraisier("token", "create", "--json", ...options);
  const { token } = JSON.parse(made.stdout) as { token: string };
  return async (verb, document, signal) => {
    const response = await fetch(`${scenario.url}/api/v1/${verb}`, {
      method: "POST",
      body: JSON.stringify(document),
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      signal: signal ?? null,
    });
    const body = (await response.json()) as Readonly<Record<string, unknown>>;
    return { status: response.status, type: response.headers.get("content-type") ?? "", body };
  };
}

/** Whether a process with this id runs, zombies aside. */
function isRunning(pid: string): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

/** The sockets of questions in the state folder. */
function questions({ folder }: Scenario): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ask"));
}

describe("plans and verifications over the API", () => {
  it("need the scopes read and deploy, keep to the targets of a token, and tell problems apart", async () => {
    const scenario = await createScenario({
      environment: "verify: [{ type: command, command: 'true' }]\ndatabase: { tool: command, up: 'true' }",
      fraises: `blog: { type: script, repository: acme/blog, clone_url: $FOLDER/shop.git, environments: { production: { branch: main, app_path: $FOLDER/blog } } }`,
    });
    await scenario.start();
    const read = await api(scenario, "--name", "reader", "--scope", "read");
    const deploy = await api(scenario, "--name", "ci", "--scope", "deploy");
    const other = await api(scenario, "--name", "other", "--scope", "deploy", "--fraise", "blog");
    const revision = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(revision);

    const plan = await read("plan", { target: "shop" });
    expect(plan).toMatchObject({ status: 200, body: { target: "shop/production", revision } });
    // A reader cannot have code started that anybody who may push to the repository wrote.
    expect(plan.body["migrations"]).toEqual({
      known: false,
      reason: "command runs code of the revision to tell, which needs the scope deploy",
    });
    expect((await deploy("plan", { target: "shop" })).body["migrations"]).toEqual({
      known: false,
      reason: "command does not tell",
    });
    expect(await read("verify", { target: "shop" })).toMatchObject({ status: 403, body: { code: "scope_missing" } });
    expect(await deploy("verify", { target: "shop" })).toMatchObject({ status: 200, body: { status: "passed" } });
    for (const verb of ["plan", "plan-rollback", "verify"])
      expect(await other(verb, { target: "shop" })).toMatchObject({
        status: 403,
        type: "application/problem+json",
        body: { code: "out_of_reach" },
      });
    expect(await read("plan-rollback", { target: "shop" })).toMatchObject({
      status: 422,
      body: { code: "usage", title: expect.stringContaining("has held on shop/production before it") },
    });
    expect(await read("plan", { target: "shop", reason: "x" })).toMatchObject({
      status: 422,
      body: { title: expect.stringContaining("this is no document for plan") },
    });
    expect(questions(scenario)).toEqual([]);
    await scenario.stop();
  });

  it("end with their commands if the client goes away, and if the daemon stops", async () => {
    const scenario = await createScenario({
      environment:
        "verify: [{ type: command, on_failure: warn, timeout: 4s, command: 'if test -f slow; then echo $$ > pid; sleep 300; fi' }]\nsandbox: off",
    });
    await scenario.start();
    const post = await api(scenario, "--name", "ci", "--scope", "deploy");
    const revision = await scenario.commit("1");
    await scenario.push();
    const { id } = await scenario.settled(revision, "succeeded");
    await scenario.program("touch", join(scenario.app, "current/slow"));
    const pidFile = join(scenario.app, "current/pid");
    const started = async (): Promise<string> => {
      await until("the check runs", async () => existsSync(pidFile) && readFileSync(pidFile, "utf8") !== "");
      const pid = readFileSync(pidFile, "utf8").trim();
      await scenario.program("rm", pidFile);
      return pid;
    };

    const leaving = new AbortController();
    const left = post("verify", { target: "shop" }, leaving.signal).catch(String);
    const first = await started();
    leaving.abort();
    await left;
    await until("the check is ended", async () => !isRunning(first));

    const stopped = post("verify", { target: "shop" });
    const second = await started();
    const stop = scenario.stop();
    expect(await stopped).toMatchObject({ status: 503, body: { title: "the daemon stops" } });
    await stop;
    await until("the check is ended", async () => !isRunning(second));
    // The only one on record is that of the deployment itself.
    expect(await scenario.store.verifications.status()).toMatchObject([{ deployment: id }]);
    expect(questions(scenario)).toEqual([]);
  });

  it("refuse to work with a fraises.yaml that no process can load", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const post = await api(scenario, "--name", "ci", "--scope", "read");
    await scenario.program("sh", "-c", "echo 'frases: {}' >> fraises.yaml");
    expect(await post("plan", { target: "shop" })).toMatchObject({
      status: 500,
      body: { code: "config", title: expect.stringContaining("fraises.yaml:") },
    });
    await scenario.stop();
  });
});

describe("the places for such work", () => {
  it("are taken in order, and given to nobody who has left", async () => {
    const places = createWorkPlaces({ atOnce: 1, waiting: 3, perAsker: 3 });
    const { signal } = new AbortController();
    const order: string[] = [];
    const leaveFirst = await places.enter("ann", signal);
    const gone = new AbortController();
    const second = places.enter("ann", gone.signal).then(
      () => order.push("second"),
      () => order.push("second left"),
    );
    const third = places.enter("bob", signal).then((leave) => {
      order.push("third");
      return leave;
    });
    gone.abort();
    await second;
    expect(order).toEqual(["second left"]);
    leaveFirst();
    (await third)();
    expect(order).toEqual(["second left", "third"]);
    (await places.enter("ann", signal))();
  });

  it("are refused to somebody who has several, and to everybody if too many wait", async () => {
    const places = createWorkPlaces({ atOnce: 1, waiting: 2, perAsker: 2 });
    const { signal } = new AbortController();
    const leave = await places.enter("ann", signal);
    const waiting = places.enter("ann", signal);
    await expect(places.enter("ann", signal)).rejects.toThrow("too many plans and verifications");
    const other = places.enter("bob", signal);
    await expect(places.enter("eve", signal)).rejects.toThrow("too many plans and verifications");
    leave();
    (await waiting)();
    (await other)();
  });
});
