import { writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import type { QueuedDeployment } from "../../src/store/reads/queue-state.ts";
import { createScenario, until } from "../helpers/scenario.ts";

describe("the daemon starts with what it has:", () => {
  it("without fraises, which is a state and not an error", async () => {
    const scenario = await createScenario();
    const port = new URL(scenario.url).port;
    writeFileSync(
      join(scenario.folder, "fraises.yaml"),
      `server: { listen: "127.0.0.1:${port}" }\nstore: { url: "sqlite:fraisier.db" }\n# git:\nfraises:\n  # shop:\n`,
    );
    const before = await scenario.fraisier("status");
    expect(before).toMatchObject({ exitCode: 0, stderr: "" });
    expect(before.stdout).toMatch(/^No fraises yet: .*\nNo daemon runs here: pushes are not received/);
    await scenario.start();
    expect(await (await fetch(`${scenario.url}/health`)).json()).toMatchObject({ status: "ok" });
    for (const [command, said] of [
      [["status"], /^No fraises yet: fraisier init .*\n$/],
      [["list"], /^No fraises yet/],
      [["config", "validate"], /: valid, 0 targets\nNo fraises yet/],
    ] as const) {
      expect(await scenario.fraisier(...command)).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(said) });
    }
    expect((await scenario.deliver({ before: "0".repeat(40), after: "1".repeat(40) })).status).toBe(404);
  });

  it("a target whose secret is missing waits, and says for what; the others are deployed", async () => {
    const scenario = await createScenario({
      fraises: `jobs:
  type: script
  repository: acme/shop
  clone_url: $FOLDER/shop.git
  environments: { production: { branch: main, app_path: $FOLDER/jobs, script: run.sh, database: { tool: command, url: "\${JOBS_DATABASE}", up: "true" } } }`,
    });
    await scenario.start();
    const revision = await scenario.commit("1", { "run.sh": "#!/bin/sh\n" });
    await scenario.push();
    const remedy = "JOBS_DATABASE is not set, nor for the target: fraisier env set jobs/production JOBS_DATABASE";
    await until("the other target is live", async () => (await scenario.answer()) === "version 1");
    let waiting: QueuedDeployment | undefined;
    await until("the reason why it waits", async () => {
      waiting = (await scenario.store.queue.state()).queued[0];
      return waiting?.waitsFor !== undefined;
    });
    expect(waiting?.waitsFor).toEqual({
      kind: "secret",
      missing: expect.stringMatching(/^\S+fraises.yaml:\d+:\d+ the environment variable /),
    });
    expect(JSON.stringify(waiting?.waitsFor)).toContain(remedy);
    const status = await scenario.fraisier("status");
    expect(status.stdout).toMatch(new RegExp(`waits: a secret is missing`));
    expect(status.stdout).toMatch(/^Deployments of jobs\/production wait: .*JOBS_DATABASE is not set/m);
    expect((await scenario.fraisier("why", "jobs", "production")).stdout).toContain(remedy);
    expect((await scenario.fraisier("why", waiting?.id ?? "")).stdout).toContain(remedy);

    await scenario.fraisierReads("some-database", "env", "set", "jobs", "JOBS_DATABASE", "--target", "production");
    await until("it starts by itself", async () => {
      const row = await scenario.store.deployments.detail(waiting?.id ?? "");
      return row?.deployment.finishedAt !== undefined;
    });
    expect((await scenario.store.deployments.detail(waiting?.id ?? ""))?.deployment).toMatchObject({
      revision,
      waitsBecause: undefined,
    });
    await until("status no longer complains", async () => {
      const { stdout } = await scenario.fraisier("status");
      return !stdout.includes("JOBS_DATABASE");
    });
  });

  it("a forge whose secret is missing gets 503, so that it delivers again; the other forges' deliveries are accepted", async () => {
    const scenario = await createScenario();
    const file = join(scenario.folder, "fraises.yaml");
    const config = `git:\n  github: { webhook_secret: "\${GITHUB_SECRET}" }\n  gitea: {}\n`;
    const text = (await scenario.program("cat", file))
      .replace(/^git:\n/, config)
      .replace("repository:", "git: { provider: git }\n    repository:");
    writeFileSync(file, text);
    await scenario.start();
    const deliver = (forge: string) =>
      fetch(`${scenario.url}/webhook/${forge}`, {
        method: "POST",
        body: "{}",
        headers: { "content-type": "application/json", "x-hub-signature-256": `sha256=${"0".repeat(64)}` },
      });
    const refused = await deliver("github");
    expect(refused.status).toBe(503);
    expect(await refused.json()).toEqual({
      error: "deliveries of GitHub cannot be verified now: a secret is missing here",
      hint: "fraisier status says which. Deliver it again once the operator has set it.",
    });
    expect((await deliver("gitea")).status).toBe(503);
    // Nobody configured this one: its sender has the wrong address.
    expect((await deliver("gitlab")).status).toBe(404);
    const revision = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    const { stdout } = await scenario.fraisier("status");
    expect(stdout).toMatch(
      /^Deliveries of github are answered with 503: \S+:2:\d+ the environment variable GITHUB_SECRET is not set: write the line GITHUB_SECRET=… into \S+\/webhook-secrets\.$/m,
    );
    expect(stdout).toMatch(/^Deliveries of gitea are answered with 503: git\.gitea names no secret\.$/m);
    expect(JSON.parse((await scenario.fraisier("status", "--json")).stdout)).toMatchObject({
      daemon: {
        troubles: [
          { kind: "forge", subject: "gitea" },
          { kind: "forge", subject: "github" },
        ],
      },
    });
  });

  it("a person without a daemon is told at once which secret is missing, and nothing is queued", async () => {
    const scenario = await createScenario({
      environment: 'database: { tool: command, url: "${SHOP_DATABASE}", up: "true" }',
    });
    await scenario.commit("1");
    await scenario.git("push", "--quiet", "--no-verify", "origin", "main");
    expect(await scenario.fraisier("deploy", "shop", "production")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /SHOP_DATABASE is not set, nor for the target: fraisier env set.*\nfraisier: shop\/production lacks secrets/,
      ),
    });
    expect(await scenario.store.deployments.history({ limit: 1 })).toEqual([]);
  });

  it("and does nothing at all if it cannot write down that it serves", async () => {
    const scenario = await createScenario();
    await scenario.start();
    await scenario.stop();
    const store = new Database(join(scenario.folder, "fraisier.db"));
    store.exec("create trigger full before insert on tb_daemon begin select raise(abort, 'no room here'); end");
    store.close();
    const { exitCode, stdout, stderr } = await scenario.fraisier("serve");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("no room here");
    expect(stdout + stderr).not.toContain("The database connection is not open");
  });
});
