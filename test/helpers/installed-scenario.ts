import { execFile } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import Database from "better-sqlite3";
import { onTestFinished } from "vitest";
import { PROGRAM, createScenario, until } from "./scenario.ts";
import type { CommandResult, Scenario, ScenarioOptions } from "./scenario.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Runs lines of shell as root, from the top of the repository; rejects when one fails. */
export async function sh(lines: string): Promise<string> {
  return (await promisify(execFile)("/bin/sh", ["-euc", lines], { cwd: ROOT, maxBuffer: 16 << 20 })).stdout;
}

/** Puts the program that this run of tests built where an unprivileged user can read it, and `fraisier` on systemd's PATH. */
export function installProgram(): void {
  mkdirSync("/opt/fraisier/bin", { recursive: true });
  cpSync(dirname(PROGRAM), "/opt/fraisier/dist", { recursive: true });
  for (const part of ["package.json", "node_modules/better-sqlite3"])
    cpSync(join(ROOT, part), join("/opt/fraisier", part), { recursive: true });
  cpSync(process.execPath, "/opt/fraisier/bin/node");
  writeFileSync("/usr/local/bin/fraisier", '#!/bin/sh\nexec /opt/fraisier/bin/node /opt/fraisier/dist/main.js "$@"\n');
  chmodSync("/usr/local/bin/fraisier", 0o755);
}

/** fraisier installed under a real systemd as the unprivileged user fraisier, with a scenario's repository and service. */
export interface InstalledScenario {
  readonly scenario: Scenario;
  /** The CLI, as the user fraisier. */
  fraisier(...args: readonly string[]): Promise<CommandResult>;
  /** Changes /etc/fraisier/fraises.yaml by a sed(1) script, and restarts the daemon. */
  edit(script: string): Promise<void>;
  /** Commits and pushes a version, and gives its revision. */
  push(version: string): Promise<string>;
  /** Waits until the newest deployment of the revision has ended. */
  settled(revision: string): Promise<InstalledDeployment>;
}

interface InstalledDeployment {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
  readonly hint: string;
}

/** @param unit more lines of the [Service] of the unit shop-api.service. */
export async function installScenario(options: ScenarioOptions = {}, unit = ""): Promise<InstalledScenario> {
  const scenario = await createScenario({ unit: { name: "shop-api.service", scope: "system" }, ...options });
  installProgram();
  onTestFinished(async () => {
    await sh(`
      systemctl stop fraisier 'fraisier-deploy@*' shop-api || true
      cd /etc/systemd/system && rm -rf fraisier.service fraisier-deploy@.service fraisier-deploy@.service.d shop-api.service
      rm -f /etc/polkit-1/rules.d/5?-fraisier*.rules
      systemctl daemon-reload; systemctl reset-failed`);
  });
  await sh(`
    rm -rf /var/lib/fraisier /etc/fraisier
    install -m 644 systemd/fraisier.sysusers /usr/lib/sysusers.d/fraisier.conf && systemd-sysusers
    install -m 644 systemd/fraisier.tmpfiles /usr/lib/tmpfiles.d/fraisier.conf && systemd-tmpfiles --create
    install -m 644 systemd/fraisier.service systemd/fraisier-deploy@.service /etc/systemd/system/
    # The scenario lies in /tmp, of which deployments have one of their own.
    install -d /etc/systemd/system/fraisier-deploy@.service.d
    printf '[Service]\\nBindPaths=%s\\n' ${scenario.folder} > /etc/systemd/system/fraisier-deploy@.service.d/scenario.conf
    install -m 644 systemd/fraisier.rules /etc/polkit-1/rules.d/50-fraisier.rules
    printf 'SCENARIO_SECRET=%s\\n' '${scenario.secret}' > /etc/fraisier/webhook-secrets
    sed 's|sqlite:[^"]*|sqlite:/var/lib/fraisier/fraisier.db|' ${scenario.folder}/fraises.yaml > /etc/fraisier/fraises.yaml
    chgrp fraisier /etc/fraisier/*; chmod 640 /etc/fraisier/*`);
  writeFileSync(
    "/etc/systemd/system/shop-api.service",
    `[Service]\nExecStart=${readFileSync(join(scenario.folder, "ExecStart"), "utf8")}\n${unit}\n`,
  );
  await sh(`
    chown -R fraisier ${scenario.app} ${scenario.bare}
    fraisier privileges install -c /etc/fraisier/fraises.yaml
    systemctl daemon-reload && systemctl start fraisier`);
  const listens = async (): Promise<void> =>
    await until(
      "the unit listens",
      async () => (await fetch(`${scenario.url}/health`)).ok,
      () => sh("journalctl -u fraisier --no-pager -n 30"),
    );
  await listens();
  // root pushes into a repository that belongs to fraisier.
  writeFileSync(join(scenario.folder, "gitconfig"), "[safe]\n\tdirectory = *\n");
  const as = ["--reuid=fraisier", "--regid=fraisier", "--init-groups", "env", "HOME=/var/lib/fraisier"];
  const installed: InstalledScenario = {
    scenario,
    fraisier: async (...args) =>
      await new Promise((resolve) => {
        execFile(
          "setpriv",
          [...as, "fraisier", ...args, "-c", "/etc/fraisier/fraises.yaml"],
          { cwd: "/" },
          (error, stdout, stderr) =>
            resolve({ exitCode: error === null ? 0 : Number(error.code ?? -1), stdout, stderr }),
        );
      }),
    async edit(script) {
      await sh(`sed -i '${script}' /etc/fraisier/fraises.yaml && systemctl restart fraisier`);
      await listens();
    },
    async push(version) {
      const revision = await scenario.commit(version);
      await sh(`GIT_CONFIG_GLOBAL=${scenario.folder}/gitconfig git -C ${scenario.work} push --quiet origin main 2>&1`);
      return revision;
    },
    async settled(revision) {
      // Polled in the store: each call of the CLI is a process.
      const store = new Database("/var/lib/fraisier/fraisier.db", { readonly: true });
      const newest = store.prepare<[string], { id: string; finished_at: string | null }>(
        "select id, finished_at from v_deployment_history where revision = ? order by id desc limit 1",
      );
      await until(
        `the deployment of ${revision.slice(0, 7)} to end`,
        async () => (newest.get(revision)?.finished_at ?? null) !== null,
        () => sh("journalctl --no-pager -n 60"),
      );
      const found = newest.get(revision);
      store.close();
      const { stdout } = await installed.fraisier("show", found?.id ?? "", "--json");
      return (JSON.parse(stdout) as { deployment: InstalledDeployment }).deployment;
    },
  };
  return installed;
}
