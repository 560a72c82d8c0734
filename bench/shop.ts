import { mkdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { createRepository } from "./repository.ts";
import type { Repository } from "./repository.ts";
import { createService } from "./service.ts";
import type { Service } from "./service.ts";
import { SECRET } from "./servers.ts";

/** A repository with a service that is deployed from it, in a folder of its own. */
export interface Shop {
  readonly folder: string;
  readonly repository: Repository;
  readonly service: Service;
  /** Its fraises.yaml. */
  readonly config: string;
  /** The file of its store. */
  readonly store: string;
  /** Tells the daemon at this address of pushes. */
  installHook(url: string): Promise<void>;
}

export async function prepareShop(folder: string): Promise<Shop> {
  mkdirSync(folder, { recursive: true });
  const [repository, service] = [await createRepository(folder), await createService(folder)];
  const config = writeConfigOf(folder, repository.bare, `service: ${service.yaml}`, "health_check: { stable_for: 0 }");
  return {
    folder,
    repository,
    service,
    config,
    store: join(folder, "fraisier.db"),
    installHook: async (url) => await installHook(folder, repository, url),
  };
}

/** A fraises.yaml with one target of the type `api`, with these lines in its environment. */
export function writeConfigOf(folder: string, bare: string, ...lines: readonly string[]): string {
  mkdirSync(folder, { recursive: true });
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
    clone_url: ${bare}
    environments:
      production:
        branch: main
        app_path: ${join(folder, "live")}
${lines.map((line) => `        ${line}\n`).join("")}`,
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

/** Times of one push, in milliseconds. */
export interface PushTimes {
  /** From the push until its revision is live. */
  readonly untilLive: number;
  /** From the moment at which a runner is launched until the first step begins, as the record has it. */
  readonly untilFirstStep: number;
}

/** Pushes a commit, and waits until it is live. @throws if it does not go live. */
export async function pushAndWait(
  database: Database.Database,
  { repository, folder }: Pick<Shop, "repository" | "folder">,
  text: string,
): Promise<PushTimes> {
  const revision = await repository.commitOnly(text);
  const query = database.prepare<[string], { id: string; status: string; reason: string; startedAt: string }>(
    "select id, status, reason, started_at as startedAt from tb_deployment where revision = ? and status not in ('queued', 'running')",
  );
  const startedAt = performance.now();
  await repository.push();
  for (;;) {
    const row = query.get(revision);
    if (row !== undefined) {
      const untilLive = performance.now() - startedAt;
      if (row.status !== "succeeded") throw new Error(`the deployment ended as ${row.status}: ${row.reason}`);
      requireLive(folder, text);
      const first = database
        .prepare<[string], string>("select min(started_at) from tb_deployment_step where deployment_id = ?")
        .pluck()
        .get(row.id);
      return { untilLive, untilFirstStep: Date.parse(String(first)) - Date.parse(row.startedAt) };
    }
    if (performance.now() - startedAt > 30_000) throw new Error("a push was not live within 30 s");
    await sleep(2);
  }
}

/** @throws unless the release with this text is live. */
export function requireLive(folder: string, text: string): void {
  const current = join(folder, "live/current");
  const found = readFileSync(join(dirname(current), readlinkSync(current), "version.txt"), "utf8");
  if (found !== text) throw new Error(`live is "${found}", pushed was "${text}"`);
}

export function openReadOnly(file: string): Database.Database & Disposable {
  const database = new Database(file, { readonly: true });
  return Object.assign(database, { [Symbol.dispose]: () => void database.close() });
}
