import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { CommandResult, Scenario } from "../helpers/scenario.ts";
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

type Run = (...args: readonly string[]) => Promise<CommandResult>;

/** What a command prints after it has gone well; what is asked stands apart from what is told. */
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
    const scenario = await createScenario({ server: `control_socket: ${control}` });
    await scenario.start();
    const first = await scenario.commit("1");
    await scenario.push();
    await scenario.settled(first);
    const second = await scenario.commit("2");
    await scenario.push();
    await scenario.settled(second);
    scenario.with((await WAYS[way]?.(scenario, control)) ?? {});
    const run: Run = scenario.fraisier;

    const deployed = await said(
      run("deploy", "shop", "--revision", first.slice(0, 8), "--wait", "--reason", "by hand"),
    );
    expect(deployed).toMatch(new RegExp(`^deployment \\w{13}: shop/production at ${first.slice(0, 7)}\n`));
    expect(deployed).toContain("\nsucceeded\n");
    expect(await scenario.answer()).toBe("version 1");

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
    await scenario.stop();
  }, 120_000);
});
