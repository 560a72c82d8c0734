import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { timed } from "./processes.ts";
import type { Part } from "./report.ts";
import { createRepository } from "./repository.ts";
import type { Repository } from "./repository.ts";
import { createService } from "./service.ts";
import type { Service } from "./service.ts";
import { SECRET, startFraisier } from "./servers.ts";
import { above, median } from "./statistics.ts";

const ROUNDS = 11;

/** What fraisier adds to the commands that a shell script would run. */
export const pushToLive: Part = {
  letter: "d",
  title: "From `git push` until the new release is live",
  async run(folder) {
    const byScript = await prepare(join(folder, "script"));
    const byFraisier = await prepare(join(folder, "fraisier"));
    const script = writeScript(join(folder, "script"), byScript.repository, byScript.service);
    await using daemon = await startFraisier(writeConfig(join(folder, "fraisier"), byFraisier));
    const url = `http://127.0.0.1:${daemon.port}/webhook/git`;
    await installHook(join(folder, "fraisier"), byFraisier.repository, url);
    using database = openReadOnly(join(folder, "fraisier", "fraisier.db"));

    const times = { script: [] as number[], fraisier: [] as number[] };
    // The first of each makes the mirror; it does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      const scriptMs = await scriptRound(script, byScript.repository, `script ${round}`, join(folder, "script"));
      const fraisierMs = await fraisierRound(
        database,
        byFraisier.repository,
        `fraisier ${round}`,
        join(folder, "fraisier"),
      );
      if (round === 0) continue;
      times.script.push(scriptMs);
      times.fraisier.push(fraisierMs);
    }
    await byScript.service.remove();
    await byFraisier.service.remove();
    const [scriptMs, fraisierMs] = [median(times.script), median(times.fraisier)];
    const more = fraisierMs - scriptMs;
    return [
      {
        measured: `git push and a shell script: fetch, check out, switch, restart (${byScript.service.manager})`,
        result: `${scriptMs.toFixed(0)} ms`,
      },
      {
        measured: `git push, hook and fraisier, stable_for: 0 (${byFraisier.service.manager})`,
        result: `${fraisierMs.toFixed(0)} ms`,
      },
      {
        measured: "fraisier adds",
        result: `${more.toFixed(0)} ms`,
        wanted: "≤ 300 ms",
        missedBy: above(more, 300, " ms"),
        because: "Most of what fraisier adds is the start of the runner, a process of its own: see (b).",
      },
    ];
  },
};

interface Prepared {
  readonly repository: Repository;
  readonly service: Service;
}

async function prepare(folder: string): Promise<Prepared> {
  mkdirSync(folder, { recursive: true });
  return { repository: await createRepository(folder), service: await createService(folder) };
}

/** What careful people write: an exact revision from a mirror, in a folder of its own, switched by a rename. */
function writeScript(folder: string, { bare }: Repository, service: Service): string {
  const file = join(folder, "deploy.sh");
  writeFileSync(
    file,
    `#!/bin/sh
set -eu
cd "${folder}"
git -C shop push --quiet origin main
revision=$(git -C shop rev-parse HEAD)
[ -d mirror.git ] || git init --quiet --bare mirror.git
git -C mirror.git fetch --quiet "${bare}" "+refs/heads/*:refs/heads/*"
release=live/releases/$(date +%s%N)
mkdir -p "$release"
GIT_DIR=mirror.git GIT_WORK_TREE=$release GIT_INDEX_FILE=$release.index git read-tree -m -u "$revision"
rm -f "$release.index"
ln -s "\${release#live/}" live/current.new
mv -T live/current.new live/current
${service.shell("restart")}
${service.shell("status")}
`,
    { mode: 0o755 },
  );
  return file;
}

function writeConfig(folder: string, { repository, service }: Prepared): string {
  const file = join(folder, "fraises.yaml");
  writeFileSync(
    file,
    `name: bench
git:
  git: { webhook_secret: ${JSON.stringify(SECRET)} }
store: { url: "sqlite:${join(folder, "fraisier.db")}" }
server: { listen: "127.0.0.1:0" }
deployment: { state_directory: ${join(folder, "state")} }
fraises:
  shop:
    type: api
    repository: shop
    git: { provider: git }
    clone_url: ${repository.bare}
    environments:
      production:
        branch: main
        app_path: ${join(folder, "live")}
        service: ${service.yaml}
        health_check: { stable_for: 0 }
`,
  );
  return file;
}

async function installHook(folder: string, { bare, configure }: Repository, url: string): Promise<void> {
  const secretFile = join(folder, "secret");
  writeFileSync(secretFile, SECRET);
  await configure("fraisier.url", url);
  await configure("fraisier.secretFile", secretFile);
  await configure("fraisier.repository", "shop");
  const hook = readFileSync(join(import.meta.dirname, "../scripts/post-receive"), "utf8");
  mkdirSync(join(bare, "hooks"), { recursive: true });
  writeFileSync(join(bare, "hooks/post-receive"), hook, { mode: 0o755 });
}

async function scriptRound(script: string, repository: Repository, text: string, folder: string): Promise<number> {
  await repository.commitOnly(text);
  const elapsed = await timed(script, []);
  requireLive(folder, text);
  return elapsed;
}

async function fraisierRound(
  database: Database.Database,
  repository: Repository,
  text: string,
  folder: string,
): Promise<number> {
  const revision = await repository.commitOnly(text);
  const query = database.prepare<[string], { status: string; reason: string }>(
    "select status, reason from tb_deployment where revision = ? and status not in ('queued', 'running')",
  );
  const startedAt = performance.now();
  await repository.push();
  for (;;) {
    const row = query.get(revision);
    if (row !== undefined) {
      const elapsed = performance.now() - startedAt;
      if (row.status !== "succeeded") throw new Error(`the deployment ended as ${row.status}: ${row.reason}`);
      requireLive(folder, text);
      return elapsed;
    }
    if (performance.now() - startedAt > 30_000) throw new Error("a push was not live within 30 s");
    await sleep(2);
  }
}

function requireLive(folder: string, text: string): void {
  const current = join(folder, "live/current");
  const found = readFileSync(join(dirname(current), readlinkSync(current), "version.txt"), "utf8");
  if (found !== text) throw new Error(`live is "${found}", pushed was "${text}"`);
}

function openReadOnly(file: string): Database.Database & Disposable {
  const database = new Database(file, { readonly: true });
  return Object.assign(database, { [Symbol.dispose]: () => void database.close() });
}
