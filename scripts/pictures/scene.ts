import { execFile, spawn } from "node:child_process";
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { NEUTRAL_GIT } from "../neutral-git.ts";

const ROOT = join(import.meta.dirname, "../..");
const SECRET = "a secret for a scene";

/** A bare repository, a clone of it, and a daemon whose pages are drawn. */
export interface Scene {
  readonly folder: string;
  readonly url: string;
  /** Whether the folder was empty: then nothing has been deployed yet. */
  readonly isNew: boolean;
  /** Runs a command of fraisier, and gives its output. */
  fraisier(...argv: readonly string[]): Promise<string>;
  /** Makes a token and gives its text. */
  token(scope: "read" | "deploy"): Promise<string>;
  /** Goes to a branch of the clone, and makes it if need be. */
  branch(name: string): Promise<void>;
  /** Commits a version and pushes the branch. The words `slow`, `gradually` and `broken: REASON` in a version say how its deployment goes. */
  push(version: string, message: string): Promise<void>;
  /** Waits until nothing runs. A deployment that waits for a lock or a freeze window does not count. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the scene of a folder, and builds it if the folder is empty. @param fraises the last part of its fraises.yaml. */
export async function openScene(folder: string, fraises: (folder: string) => string): Promise<Scene> {
  const [bare, work, config] = [join(folder, "shop.git"), join(folder, "work"), join(folder, "fraises.yaml")];
  const environment: Record<string, string> = {
    ...(process.env as Record<string, string>),
    ...NEUTRAL_GIT,
    FRAISIER_CONFIG: config,
    FRAISIER_LOG: "warn",
    SCENE_SECRET: SECRET,
    USER: "ann",
    LOGNAME: "ann",
  };
  const run = async (program: string, ...argv: readonly string[]): Promise<string> =>
    (await promisify(execFile)(program, [...argv], { env: environment, maxBuffer: 64 << 20 })).stdout;
  const git = async (...argv: readonly string[]): Promise<string> => await run("git", "-C", work, ...argv);
  const fraisier = async (...argv: readonly string[]): Promise<string> =>
    await run(process.execPath, join(ROOT, "src/main.ts"), ...argv);

  const isNew = !existsSync(config);
  if (isNew) {
    mkdirSync(folder, { recursive: true });
    const address = `127.0.0.1:${await freePort()}`;
    await run("git", "init", "--quiet", "--bare", "--initial-branch=main", bare);
    await run("git", "init", "--quiet", "--initial-branch=main", work);
    await git("remote", "add", "origin", bare);
    const hook = join(bare, "hooks/post-receive");
    writeFileSync(hook, `#!/bin/sh\nexec ${join(ROOT, "scripts/post-receive")}\n`);
    chmodSync(hook, 0o755);
    writeFileSync(join(folder, "secret"), `${SECRET}\n`, { mode: 0o600 });
    for (const [key, value] of [
      ["url", `http://${address}/webhook/git`],
      ["secretFile", join(folder, "secret")],
      ["repository", "acme/shop"],
    ] as const)
      await run("git", "-C", bare, "config", `fraisier.${key}`, value);
    writeFileSync(
      config,
      `name: scene
git:
  git: { webhook_secret: "\${SCENE_SECRET}" }
store: { url: "sqlite:${join(folder, "fraisier.db")}" }
server: { listen: "${address}" }
deployment: { sandbox: off, retries: 0 }
fraises:
${fraises(folder)}`,
    );
  }
  const url = `http://${/listen: "([^"]+)"/.exec(readFileSync(config, "utf8"))?.[1]}`;
  const stop = await startDaemon(folder, url, environment);
  return {
    folder,
    url,
    isNew,
    fraisier,
    async token(scope) {
      const made = await fraisier("token", "create", "--name", newName(), "--scope", scope, "--json");
      return (JSON.parse(made) as { readonly token: string }).token;
    },
    async branch(name) {
      const known = await git("branch", "--list", "--format=%(refname:short)");
      const isThere = name === "main" || known.split("\n").includes(name);
      await git("checkout", "--quiet", ...(isThere ? [name] : ["-b", name]));
    },
    async push(version, message) {
      writeFileSync(join(work, "VERSION"), `${version}\n`);
      writeFileSync(join(work, "deploy.sh"), SCRIPT, { mode: 0o755 });
      await git("add", "--all");
      await git("commit", "--quiet", "--allow-empty", "--message", message);
      await git("push", "--quiet", "origin", "HEAD");
    },
    async settled() {
      for (let i = 0; i < 600; i++) {
        await sleep(300);
        const { targets } = JSON.parse(await fraisier("status", "--json")) as { readonly targets: readonly Busy[] };
        if (targets.every((each) => !each.running_id && (!each.waiting_id || each.waiting_held_because))) return;
      }
      throw new Error("a deployment of the scene does not end");
    },
    close: stop,
  };

  /** Names of tokens are unique, also in a scene that was kept. */
  function newName(): string {
    const file = join(folder, "tokens");
    const count = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
    writeFileSync(file, String(count + 1));
    return count === 0 ? "ann" : `ann-${count + 1}`;
  }
}

interface Busy {
  readonly running_id: string | null;
  readonly waiting_id: string | null;
  readonly waiting_held_because: string | null;
}

const SCRIPT = `#!/bin/sh
echo "deploying version $(cat VERSION)"
for part in catalogue basket checkout; do echo "building $part"; echo "  $part: 0 errors, 0 warnings"; sleep 0.1; done
grep -q slow VERSION && sleep 90
grep -q gradually VERSION && sleep 8
grep -q broken VERSION && { sed -n "s/.*broken: //p" VERSION >&2; exit 1; }
echo "version $(cat VERSION) is ready"
`;

async function startDaemon(
  folder: string,
  url: string,
  environment: Readonly<Record<string, string>>,
): Promise<() => Promise<void>> {
  const log = openSync(join(folder, "daemon.log"), "a");
  const daemon = spawn(process.execPath, [join(ROOT, "src/main.ts"), "serve"], {
    env: environment,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const stop = async (): Promise<void> => {
    daemon.kill("SIGTERM");
    await new Promise((done) => (daemon.exitCode === null ? daemon.once("exit", done) : done(undefined)));
  };
  for (let i = 0; i < 200; i++) {
    const isUp = await fetch(`${url}/health`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return stop;
    await sleep(100);
  }
  await stop();
  throw new Error(`the daemon does not answer: ${join(folder, "daemon.log")}`);
}

async function freePort(): Promise<number> {
  return await new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
