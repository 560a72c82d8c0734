import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { MAIN } from "./program.ts";
import { REPOSITORY } from "./push-requests.ts";

export const SECRET = "it is only a benchmark";

/** A server under load, in a process of its own. */
export interface Server extends AsyncDisposable {
  readonly port: number;
  readonly path: string;
  readonly pid: number;
}

export async function startBareRoute(): Promise<Server> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "bare-route.ts")], {
    env: { ...process.env, BENCH_SECRET: SECRET, NODE_ENV: "production" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return server(child, await announcedPort(child), "/webhook/github");
}

interface StartOptions {
  /** Arguments of Node before the program: the snapshot that it starts from. */
  readonly node?: readonly string[];
  /** A program that starts the daemon and keeps its pid, with its arguments. */
  readonly under?: readonly string[];
  /** A folder of programs that come before all others. */
  readonly programs?: string;
}

/** `fraisier serve` with the given fraises.yaml. */
export async function startFraisier(
  configFile: string,
  { node = [], under = [], programs }: StartOptions = {},
): Promise<Server> {
  const daemon = [process.execPath, ...profiling(), ...node, MAIN, "serve", "--config", configFile];
  const [program = process.execPath, ...args] = [...under, ...daemon];
  const child = spawn(program, args, {
    env: {
      ...process.env,
      PATH: [programs, process.env["PATH"]].filter(Boolean).join(":"),
      FRAISIER_LAUNCHER: "process",
      FRAISIER_LOG: "warn",
      NODE_ENV: "production",
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return server(child, await announcedPort(child), "/webhook/github");
}

/** Where FRAISIER_BENCH_PROFILE names a folder, the daemon leaves a CPU profile there. */
function profiling(): readonly string[] {
  const folder = process.env["FRAISIER_BENCH_PROFILE"];
  return folder === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
}

/** https://github.com/adnanh/webhook as Debian packages it, verifying the same signature and running /bin/true. */
export async function startAdnanhWebhook(folder: string): Promise<Server> {
  mkdirSync(folder, { recursive: true });
  const hooks = join(folder, "hooks.json");
  const signature = { source: "header", name: "X-Hub-Signature-256" };
  const rule = { match: { type: "payload-hmac-sha256", secret: SECRET, parameter: signature } };
  writeFileSync(hooks, JSON.stringify([{ id: "github", "execute-command": "/bin/true", "trigger-rule": rule }]));
  const port = await freePort();
  const child = spawn("webhook", ["-hooks", hooks, "-ip", "127.0.0.1", "-port", String(port)], { stdio: "ignore" });
  await accepting(port);
  return server(child, port, "/hooks/github");
}

function server(child: ChildProcess, port: number, path: string): Server {
  if (child.pid === undefined) throw new Error(`${child.spawnfile} did not start`);
  return {
    port,
    path,
    pid: child.pid,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || !child.kill()) return;
      await once(child, "exit");
    },
  };
}

/** From the line that says where it listens. */
async function announcedPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("its output is not a pipe");
  for await (const line of createInterface(child.stdout)) {
    const port = /:(\d+)$/.exec(line)?.[1];
    if (port !== undefined) {
      child.stdout.resume();
      return Number(port);
    }
  }
  throw new Error(`${child.spawnargs.join(" ")} ended without listening`);
}

async function accepting(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect({ port, host: "127.0.0.1" });
    try {
      await once(socket, "connect");
      return;
    } catch {
      // Not yet.
      await sleep(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nothing listens on port ${port}`);
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** A fraises.yaml whose only target builds for twenty minutes (where the benchmark is killed, nothing stays for longer): one deployment runs, and all others wait for it or are superseded. */
export function writeBlockedConfig(folder: string, cloneUrl: string): string {
  const file = join(folder, "fraises.yaml");
  writeFileSync(
    file,
    `name: bench
git:
  provider: github
  github: { webhook_secret: ${JSON.stringify(SECRET)} }
store: { url: "sqlite:${join(folder, "fraisier.db")}" }
server: { listen: "127.0.0.1:0" }
deployment: { state_directory: ${join(folder, "state")}, timeout: 2h }
fraises:
  shop:
    type: api
    repository: ${REPOSITORY}
    clone_url: ${cloneUrl}
    environments:
      production:
        branch: main
        app_path: ${join(folder, "live")}
        build: { command: [sleep, "1200"], timeout: 30m }
`,
  );
  return file;
}
