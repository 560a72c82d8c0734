import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { planDocumentSchema } from "../../src/answers/schemas/plan-document.ts";
import type { PlanDocument } from "../../src/answers/schemas/plan-document.ts";
import { verificationDocumentSchema } from "../../src/answers/schemas/verification-document.ts";
import { createScenario, until } from "../helpers/scenario.ts";
import type { CommandResult, Scenario } from "../helpers/scenario.ts";
import { twoVersionsLive } from "../helpers/two-versions-live.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** The ways to a fraisier: each of them gives the variables with which the commands run. */
const WAYS: Readonly<
  Record<string, (scenario: Scenario, socket: string) => Promise<Readonly<Record<string, string>>>>
> = {
  "in the store of the machine": async () => await Promise.resolve({}),
  "over a socket": async (_scenario, socket) => await Promise.resolve({ FRAISIER_URL: `unix:${socket}` }),
  "over HTTP with a token": async (scenario) => {
    const made = await scenario.fraisier("token", "create", "--name", "ci", "--scope", "deploy", "--json");
    const file = join(scenario.folder, "token");
    writeFileSync(file, `${(JSON.parse(made.stdout) as { token: string }).token}\n`);
    chmodSync(file, 0o600);
    return { FRAISIER_URL: scenario.url, FRAISIER_TOKEN_FILE: file };
  },
};

const VERIFIED = `verify:
  - { type: http, path: /, contains: version }
  - { type: command, name: the version is a number, command: "grep -x '[0-9]*' VERSION" }
`;

type Run = (...args: readonly string[]) => Promise<CommandResult>;

/** The standard output of a command that succeeds. Its standard error may only name the server that it asks. */
async function said(result: Promise<CommandResult>): Promise<string> {
  const { exitCode, stdout, stderr } = await result;
  expect({ exitCode, stderr: withoutServer(stderr) }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

async function refused(
  result: Promise<CommandResult>,
): Promise<{ readonly exitCode: number; readonly stderr: string }> {
  const { exitCode, stderr } = await result;
  return { exitCode, stderr: withoutServer(stderr) };
}

function withoutServer(stderr: string): string {
  return stderr.replace(/^fraisier asks .*\n/, "");
}

describe.each(Object.keys(WAYS))("the verbs for work %s", (way) => {
  it("deploy, tell of it, go back, lock, cancel and replay, with the same words and exit codes", async () => {
    const sockets = temporaryFolder();
    const control = join(sockets, "control.sock");
    const scenario = await createScenario({
      server: `control_socket: ${control}`,
      environment: VERIFIED,
    });
    await scenario.start();
    const { first, second } = await twoVersionsLive(scenario);
    scenario.with((await WAYS[way]?.(scenario, control)) ?? {});
    const run: Run = scenario.fraisier;

    const deployed = await said(
      run("deploy", "shop", "--revision", first.slice(0, 8), "--wait", "--reason", "by hand"),
    );
    expect(deployed).toMatch(new RegExp(`^deployment \\w{13}: shop/production at ${first.slice(0, 7)}\n`));
    expect(deployed).toContain("\nsucceeded\n");
    expect(await scenario.answer()).toBe("version 1");

    expect(await said(run("complete", "targets"))).toBe("shop/production\n");
    expect(await said(run("status", "shop/production"))).toContain(first.slice(0, 7));
    expect(JSON.parse(await said(run("status", "--json")))).toMatchObject({ targets: [{ revision: first }] });
    expect((await said(run("history", "shop", "--limit", "1"))).split("\n")).toHaveLength(3);
    const [newest] = (JSON.parse(await said(run("history", "--json"))) as { deployments: { id: string }[] })
      .deployments;
    const id = newest?.id ?? "";
    expect(await said(run("show", "last"))).toContain(`${id}  shop/production  succeeded\n`);
    expect(await said(run("show", "shop", "production"))).toContain("by hand");
    expect(await said(run("logs", id.slice(0, 12)))).toContain(" switch-release ");
    expect(await said(run("logs", "-f", "shop"))).toMatch(/\nsucceeded\n$/);
    expect(await said(run("why", first.slice(0, 7)))).toContain("was queued: asked for by ");
    expect(await said(run("why", "shop"))).toContain("shop");
    expect(await said(run("webhooks"))).toContain("acme/shop");
    expect(JSON.parse(await said(run("stats", "shop", "--json")))).toMatchObject({ targets: [{ succeeded: 3 }] });

    const back = await said(run("rollback", "shop/production", "--reason", "prices are wrong"));
    expect(back).toContain(`back to ${second.slice(0, 7)}, as deployment `);
    expect(back).toContain("\nsucceeded\n");
    expect(await said(run("resume", "shop"))).toContain(`May be deployed again: ${first.slice(0, 7)}.`);
    expect(await said(run("resume", "shop"))).toBe("shop/production was not on hold.\n");

    const before = await scenario.store.deployments.history({ limit: 1 });
    const plan = await said(run("plan", "shop", "--ref", "main"));
    expect(plan).toMatch(new RegExp(`^shop/production: ${second} \\(branch main\\); runs now: ${second}\n`));
    expect(plan).toMatch(/\n *creating_symlinks +switch-release +yes +Switch /);
    expect(await said(run("deploy", "shop", "production", "--dry-run"))).toBe(plan);
    const planned = JSON.parse(await said(run("plan", "shop", "--no-health-check", "--json"))) as PlanDocument;
    expect(planDocumentSchema.parse(planned)).toMatchObject({ version: 1, ref: "refs/heads/main", refused: null });
    expect(planned.steps.map(({ step }) => step)).not.toContain("check-health");
    const planBack = await said(run("rollback", "shop", "--to-commit", first.slice(0, 8), "--dry-run"));
    expect(planBack).toContain(`shop/production: ${first}`);
    expect(planBack).not.toContain("fetch-source");
    expect(await scenario.store.deployments.history({ limit: 1 })).toEqual(before);
    expect(await said(run("verify", "shop/production"))).toContain(
      `shop/production at ${second.slice(0, 7)}: passed\n`,
    );
    const verified: unknown = JSON.parse(await said(run("verify", "shop", "production", "--json")));
    expect(verificationDocumentSchema.parse(verified)).toMatchObject({
      status: "passed",
      recorded: true,
      checks: [{ type: "http" }, { type: "command", name: "the version is a number", seen: expect.anything() }],
    });

    expect(await said(run("lock"))).toBe("Nothing is locked.\n");
    expect(await said(run("lock", "shop", "--reason", "database move"))).toContain("shop/every environment is locked:");
    expect(await said(run("lock"))).toContain("database move");
    const queued = JSON.parse(await said(run("deploy", "shop", "--revision", first, "--json"))) as {
      deployment: string;
      decision: string;
    };
    expect(queued.decision).toBe("queued");
    expect(await said(run("cancel", queued.deployment))).toBe(`deployment ${queued.deployment} will not start\n`);
    expect(await said(run("unlock", "shop"))).toContain("is unlocked: what waited for it starts");
    expect(await said(run("webhooks", "replay", "last"))).toMatch(/^shop\/production: \w+: /);

    // Mistakes have the same words, and the same exit codes.
    expect(await refused(run("status", "shpo"))).toEqual({
      exitCode: 2,
      stderr: `fraisier: ${join(scenario.folder, "fraises.yaml")} has no shpo\nhint: Did you mean shop? It has shop/production.\n`,
    });
    expect(await refused(run("show", "shpo"))).toEqual({
      exitCode: 2,
      stderr: "fraisier: there is no deployment shpo\nhint: Did you mean shop? fraisier history lists them.\n",
    });
    expect(await refused(run("why", "nothing"))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("is no delivery, deployment or revision"),
    });
    expect(await refused(run("deploy", "shop/staging"))).toMatchObject({ exitCode: 2 });
    expect(await refused(run("cancel", id))).toEqual({
      exitCode: 2,
      stderr: `fraisier: deployment ${id} has ended already\nhint: fraisier show ${id} says how.\n`,
    });
    expect(await refused(run("lock", "shop"))).toMatchObject({ exitCode: 2 });
    expect(await refused(run("plan", "shop/production", "--ref", "nothing"))).toEqual({
      exitCode: 2,
      stderr: "fraisier: the repository has no branch or tag nothing\nhint: Name another: --ref or --revision.\n",
    });
    expect(await refused(run("deploy", "shop/production", "--group", "web", "--dry-run"))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("shop/production has no component groups: it is of type api"),
    });
    writeFileSync(join(scenario.app, "current/VERSION"), "is not what was deployed");
    expect(await refused(run("verify", "shop/production"))).toMatchObject({ exitCode: 1 });
    await scenario.stop();
  }, 120_000);

  it("say what a promotion would do, and refuse to verify a target that runs nothing", async () => {
    const control = join(temporaryFolder(), "control.sock");
    const scenario = await createScenario({
      server: `control_socket: ${control}`,
      environments:
        "staging: { branch: main, app_path: '{folder}/srv/staging', verify: [{ type: command, command: 'true' }] }",
    });
    await scenario.start();
    await scenario.fraisier("lock", "shop/staging", "--reason", "stays empty");
    const revision = await scenario.commit("1");
    await scenario.push();
    await until("production runs it", async () => {
      const [state] = await scenario.store.targets.status({ fraise: "shop", environment: "production" });
      return state?.revision === revision;
    });
    scenario.with((await WAYS[way]?.(scenario, control)) ?? {});
    const run: Run = scenario.fraisier;
    const plan = JSON.parse(await said(run("promote", "shop", "production", "staging", "--dry-run", "--json")));
    expect(planDocumentSchema.parse(plan)).toMatchObject({ target: "shop/staging", revision, runs_now: null });
    expect(await said(run("promote", "shop", "production", "staging", "--dry-run"))).toContain(
      `shop/staging: ${revision} (branch main); runs now: nothing\n`,
    );
    expect(await refused(run("promote", "shop", "staging", "production", "--dry-run"))).toEqual({
      exitCode: 2,
      stderr:
        "fraisier: fraisier has not deployed anything to shop/staging yet\nhint: fraisier deploy shop staging comes first.\n",
    });
    expect(await refused(run("verify", "shop/staging"))).toEqual({
      exitCode: 2,
      stderr:
        "fraisier: fraisier has not deployed anything to shop/staging yet\nhint: fraisier deploy shop staging comes first.\n",
    });
    expect(await refused(run("verify", "shop/production"))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("shop/production has no checks"),
    });
    await scenario.stop();
  }, 120_000);
});
