import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { onTestFinished } from "vitest";
import { withPassword } from "../../src/domain/postgres-url.ts";
import type { Store } from "../../src/store/store.ts";
import { openStore } from "../../src/store/store.ts";
import { LOADED } from "./loaded.ts";
import { temporaryFolder } from "./temporary.ts";

type Detail = NonNullable<Awaited<ReturnType<Store["deployments"]["detail"]>>>;
export type DeploymentRow = Detail["deployment"];

export interface ScenarioOptions {
  /** The type of the fraise; `api` unless told otherwise. Others have no service of their own accord. */
  readonly type?: string;
  /** Lines of YAML for `fraises`, beside the one every scenario has. `$APP` is that one's app_path, `$FOLDER` the scenario's folder. */
  readonly fraises?: string;
  /** Lines of YAML for `environments.production`, beside what every scenario has; `{serviceUrl}` and `{servicePort}` are where its service answers. */
  readonly environment?: string;
  /** Where the store is, below the scenario's folder; made ready before it is opened. */
  readonly store?: { readonly folder: string; readonly prepare: (path: string) => void };
  /** A store on a server: its URL without the password, the password, and other keys of `store:`, as a flow map has them. */
  readonly storeOnServer?: { readonly url: string; readonly password: string; readonly keys?: string };
  /** Lines of YAML for the top-level `deployment:`. */
  readonly deployment?: string;
  /** Keys of the top-level `server:`, as a flow map has them: `public: [/metrics]`. */
  readonly server?: string;
  /** Lines of YAML for the top-level `git:`, beside the bare repository's forge. */
  readonly forges?: string;
  /** Lines of YAML for other environments; `{folder}` is the scenario's own. */
  readonly environments?: string;
  readonly layout?: "releases" | "in_place";
  /** The main.js or main.ts of the program; the one built for this run of tests unless told otherwise. */
  readonly program?: string;
  /** The unit to restart under a real systemd; without it a script with a pid file. */
  readonly unit?: { readonly name: string; readonly scope: "system" | "user" };
  readonly healthCheck?: string;
  readonly stableForMs?: number;
}

/** fraisier as a whole: a real daemon, a real repository with the hook, a real web service, in a folder of its own. */
export interface Scenario {
  readonly folder: string;
  readonly app: string;
  readonly bare: string;
  readonly work: string;
  readonly url: string;
  readonly serviceUrl: string;
  readonly secret: string;
  readonly store: Store;
  readonly options: ScenarioOptions;
  /** Starts the daemon, or starts it again. */
  start(): Promise<void>;
  /** Ends the daemon; by SIGTERM unless told otherwise. Gives its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Undefined when it does not run. */
  daemonPid(): number | undefined;
  isServing(): boolean;
  daemonLog(): string;
  git(...args: readonly string[]): Promise<string>;
  /** What another program prints; rejects when it fails. */
  program(name: string, ...args: readonly string[]): Promise<string>;
  /** Commits a version of the service (files: path to text) and gives the revision. */
  commit(version: string, files?: Readonly<Record<string, string>>): Promise<string>;
  /** Pushes, through the hook; gives what the hook said. */
  push(...refs: readonly string[]): Promise<string>;
  /** Waits until the deployment of this revision has ended (or has one of the statuses). */
  settled(revision: string, ...statuses: readonly string[]): Promise<DeploymentRow>;
  /** Sends a signed push webhook as the hook does. */
  deliver(body: Readonly<Record<string, unknown>>, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** The body of the web service, or the reason why there is none. */
  answer(): Promise<string>;
  fraisier(...args: readonly string[]): Promise<CommandResult>;
  /** The same with something on its standard input. */
  fraisierReads(input: string, ...args: readonly string[]): Promise<CommandResult>;
  /** The same, not waited for: it can be sent signals. */
  fraisierStarts(...args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<CommandResult> };
  /** The same with other variables for the programs it starts from now on. */
  with(variables: Readonly<Record<string, string>>): Scenario;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = join(import.meta.dirname, "../..");
/** Built by test/global-setup.ts. */
export const PROGRAM = process.env["FRAISIER_TEST_PROGRAM"] ?? join(ROOT, "src/main.ts");
/** Made by test/global-setup.ts, to be copied: a copy is cheaper than two processes of git. */
const EMPTY_REPOSITORIES = process.env["FRAISIER_TEST_REPOSITORIES"] ?? "";

/** The arguments of Node with which the program starts from its snapshot, unless Node is to load other code before it or to measure coverage. */
function snapshotArguments(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const snapshot = env["FRAISIER_TEST_SNAPSHOT"] ?? "";
  const isPlain = ["NODE_OPTIONS", "NODE_V8_COVERAGE"].some((name) => (env[name] ?? "") !== "");
  return snapshot === "" || isPlain ? [] : ["--snapshot-blob", snapshot];
}

/** A web service that says its version: `crash`, `broken` and `silent` in the version make it do so. */
export const WEB_SERVICE = `const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const version = readFileSync(join(__dirname, "VERSION"), "utf8").trim();
if (version.includes("crash")) process.exit(3);
require("node:http").createServer((request, response) => {
  if (request.url === "/health" && version.includes("broken")) response.statusCode = 500;
  response.end("version " + version);
}).listen(Number(process.argv[2]), "127.0.0.1", () => {
  const socket = process.env.NOTIFY_SOCKET;
  if (socket && !version.includes("silent")) require("node:child_process").execFileSync("systemd-notify", ["--ready"]);
});
`;

export async function createScenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const [daemonPort, servicePort] = [await freePort(), await freePort()];
  const [app, bare, work] = [join(folder, "srv/shop"), join(folder, "shop.git"), join(folder, "work")];
  const secret = `secret-${randomUUID()}`;
  const url = `http://127.0.0.1:${daemonPort}`;
  const serviceUrl = `http://127.0.0.1:${servicePort}/`;
  const config = join(folder, "fraises.yaml");
  const storeFile = join(folder, options.store?.folder ?? "", "fraisier.db");
  const env: Record<string, string> = {
    ...(process.env as Record<string, string>),
    SCENARIO_SECRET: secret,
    FRAISIER_CONFIG: config,
    SERVICE_PORT: String(servicePort),
    // A scenario starts many processes from source: types are stripped once.
    NODE_COMPILE_CACHE: join(tmpdir(), "fraisier-test-compile-cache"),
  };
  const main = options.program ?? PROGRAM;
  const flags = (): readonly string[] => (options.program === undefined ? snapshotArguments(env) : []);
  let daemon: ChildProcess | undefined;

  const program = async (name: string, ...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(name, [...args], { env, cwd: folder, maxBuffer: 64 << 20 })).stdout;
  const git: Scenario["git"] = (...args) => program("git", "-C", work, ...args);

  cpSync(join(EMPTY_REPOSITORIES, "bare"), bare, { recursive: true });
  cpSync(join(EMPTY_REPOSITORIES, "work"), work, { recursive: true });
  writeFileSync(join(bare, "hooks/post-receive"), `#!/bin/sh\nexec ${join(ROOT, "scripts/post-receive")}\n`, {
    mode: 0o755,
  });
  writeFileSync(join(folder, "secret"), `${secret}\n`, { mode: 0o600 });
  appendFileSync(
    join(bare, "config"),
    `[fraisier]\n\turl = ${url}/webhook/git\n\tsecretFile = ${join(folder, "secret")}\n\trepository = acme/shop\n`,
  );
  appendFileSync(
    join(work, ".git/config"),
    `[remote "origin"]\n\turl = ${bare}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`,
  );
  mkdirSync(options.layout === "in_place" ? dirname(app) : app, { recursive: true });
  const code = options.layout === "in_place" ? app : `${app}/current`;
  const run = `${process.execPath} ${code}/service.js ${servicePort}`;
  writeFileSync(
    config,
    configText({
      options,
      folder,
      storeFile,
      app,
      bare,
      daemonPort,
      serviceUrl,
      service: service(options, folder, run),
    }),
  );

  options.store?.prepare(dirname(storeFile));
  if (options.storeOnServer !== undefined)
    writeFileSync(join(folder, "store-password"), options.storeOnServer.password, { mode: 0o600 });
  const store = await openStore(
    options.storeOnServer === undefined
      ? `sqlite:${storeFile}`
      : withPassword(options.storeOnServer.url, options.storeOnServer.password),
  );
  const scenario: Scenario = {
    with(variables) {
      Object.assign(env, variables);
      return scenario;
    },
    folder,
    app,
    bare,
    work,
    url,
    serviceUrl,
    secret,
    store,
    options,
    git,
    daemonPid: () => (scenario.isServing() ? daemon?.pid : undefined),
    isServing: () => daemon !== undefined && daemon.exitCode === null && daemon.signalCode === null,
    program,
    async start() {
      // A file, not a pipe: runners go on writing to it after the daemon is gone.
      const log = openSync(join(folder, "daemon.log"), "a");
      daemon = spawn(process.execPath, [...flags(), main, "serve"], { env, stdio: ["ignore", "ignore", log] });
      closeSync(log);
      await until(
        "the daemon listens, or has ended",
        async () => !scenario.isServing() || (await fetch(`${url}/health`)).ok,
        () => scenario.daemonLog(),
      );
      if (!scenario.isServing()) throw new Error(`the daemon ended:\n${scenario.daemonLog()}`);
    },
    async stop(signal = "SIGTERM") {
      const ending = daemon;
      daemon = undefined;
      if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null)
        return ending?.exitCode ?? null;
      return await new Promise((resolve) => {
        ending.once("exit", (code) => resolve(code));
        ending.kill(signal);
      });
    },
    daemonLog: () => readFileSync(join(folder, "daemon.log"), "utf8"),
    async commit(version, files = {}) {
      for (const [path, text] of Object.entries({ "service.js": WEB_SERVICE, VERSION: `${version}\n`, ...files })) {
        mkdirSync(dirname(join(work, path)), { recursive: true });
        writeFileSync(join(work, path), text);
      }
      // One shell runs the three commands of git: a test starts one process and not three.
      const commit = 'git add --all && git commit --quiet --allow-empty --message "$1" && git rev-parse HEAD';
      const printed = await promisify(execFile)("sh", ["-c", commit, "sh", `version ${version}`], { env, cwd: work });
      return printed.stdout.trim();
    },
    async push(...refs) {
      const { stderr } = await promisify(execFile)(
        "git",
        ["-C", work, "push", "origin", ...(refs.length === 0 ? ["main"] : refs)],
        { env },
      );
      return stderr;
    },
    async settled(revision, ...statuses) {
      let row: DeploymentRow | undefined;
      const isChanged = changesOf(storeFile);
      await until(
        `the deployment of ${revision.slice(0, 7)} to end`,
        async () => {
          if (!isChanged()) return false;
          const found = (await store.deployments.history({ limit: 50 })).find((each) => each.revision === revision);
          row = found === undefined ? undefined : (await store.deployments.detail(found.id))?.deployment;
          return (
            row !== undefined && (statuses.length > 0 ? statuses.includes(row.status) : row.finishedAt !== undefined)
          );
        },
        async () => `${JSON.stringify(await store.deployments.history({ limit: 3 }))}\n${scenario.daemonLog()}`,
      );
      if (row === undefined) throw new Error("settled without a row");
      return row;
    },
    async deliver(body, headers = {}) {
      const bytes = JSON.stringify({
        repository: "acme/shop",
        ref: "refs/heads/main",
        pusher: "ann",
        message: "",
        ...body,
      });
      return await fetch(`${url}/webhook/git`, {
        method: "POST",
        body: bytes,
        headers: {
          "content-type": "application/json",
          "x-fraisier-event": "push",
          "x-fraisier-delivery": randomUUID(),
          "x-fraisier-signature": `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`,
          ...headers,
        },
      });
    },
    answer: async () =>
      await fetch(serviceUrl).then(
        (response) => response.text(),
        () => "no answer",
      ),
    fraisier: async (...args) => await scenario.fraisierReads("", ...args),
    fraisierReads: async (input, ...args) => {
      const { child, ended } = scenario.fraisierStarts(...args);
      child.stdin?.on("error", () => {}).end(input);
      return await ended;
    },
    fraisierStarts: (...args) => {
      const result = Promise.withResolvers<CommandResult>();
      const child = execFile(
        process.execPath,
        [...flags(), main, ...args],
        { env, cwd: folder, maxBuffer: 64 << 20 },
        (error, stdout, stderr) =>
          result.resolve({
            exitCode: error === null ? 0 : Number(error.code ?? -1),
            stdout,
            // Every command says so here: $FRAISIER_CONFIG names a file that is not the installed one.
            stderr: stderr.replace(`fraisier uses ${config}\n`, ""),
          }),
      );
      return { child, ended: result.promise };
    },
  };
  onTestFinished(async () => {
    const last = daemon;
    // A process that is killed does not say which lines it ran (scripts/coverage.ts).
    if (process.env["NODE_V8_COVERAGE"] !== undefined) await Promise.race([scenario.stop("SIGTERM"), sleep(5_000)]);
    last?.kill("SIGKILL");
    await scenario.stop("SIGKILL");
    await endRunners(store);
    await store.close();
    if (options.unit === undefined) await program("/bin/sh", join(folder, "service.sh"), "stop").catch(String);
  });
  return scenario;
}

/** At most this long may a change of the store stay unseen that fell into the same tick of the clock as the one before. */
const LOOK_AGAIN_MS = 300;

/** Whether the store may have changed since the last call: asking the file system is much cheaper than asking the store. */
function changesOf(storeFile: string): () => boolean {
  let seen = "";
  let seenAt = -Infinity;
  return () => {
    const now = ["", "-wal"].map((suffix) => statSync(storeFile + suffix, { throwIfNoEntry: false })?.mtimeMs).join();
    if (now === seen && performance.now() - seenAt < LOOK_AGAIN_MS) return false;
    seen = now;
    seenAt = performance.now();
    return true;
  };
}

/** A runner outlives its daemon: a test must not leave one behind. */
async function endRunners(store: Store): Promise<void> {
  for (const { runnerIdentity } of (await store.queue.state()).running) {
    if (runnerIdentity === undefined) continue;
    try {
      process.kill((JSON.parse(runnerIdentity) as { pid: number }).pid, "SIGKILL");
    } catch {
      // Ended by itself meanwhile.
    }
  }
}

interface ConfigParts {
  readonly options: ScenarioOptions;
  readonly folder: string;
  readonly storeFile: string;
  readonly app: string;
  readonly bare: string;
  readonly daemonPort: number;
  readonly serviceUrl: string;
  readonly service: string;
}

function configText({
  options,
  folder,
  storeFile,
  app,
  bare,
  daemonPort,
  serviceUrl,
  service: how,
}: ConfigParts): string {
  const health = `{ url: "${serviceUrl}health", timeout: 3s, interval: 50ms, stable_for: ${options.stableForMs ?? 100}ms }`;
  // Commands of most scenarios write beside their release, so that a test sees what they did: scenarios of the sandbox ask for one.
  const state = options.storeOnServer === undefined ? [] : [`state_directory: ${folder}`];
  const defaults = ["retries: 0", "sandbox: off", ...state].filter(
    (each) => options.deployment?.includes(`${each.split(" ")[0]}`) !== true,
  );
  const text = `git:
  git: { webhook_secret: "\${SCENARIO_SECRET}" }
${(options.forges ?? "").replaceAll(/^/gm, "  ")}
${options.forges === undefined ? "" : "  provider: git"}
store: { ${options.storeOnServer === undefined ? `url: "sqlite:${storeFile}"` : `url: "${options.storeOnServer.url}", password: !file store-password${options.storeOnServer.keys === undefined ? "" : `, ${options.storeOnServer.keys}`}`} }
server: { ${[`listen: "127.0.0.1:${daemonPort}"`, options.server ?? ""].filter(Boolean).join(", ")} }
deployment: { ${[options.deployment ?? "", ...defaults].filter(Boolean).join(", ")} }
fraises:
  shop:
    type: ${options.type ?? "api"}
    repository: acme/shop
    clone_url: ${bare}
    environments:
      production:
        branch: main
        tags: ["v*"]
        app_path: ${app}
        layout: ${options.layout ?? "releases"}
${options.type === undefined ? `        service: ${how}\n        health_check: ${options.healthCheck ?? health}` : ""}
${(options.environment ?? "").replaceAll(/^/gm, "        ").replaceAll("{serviceUrl}", serviceUrl).replaceAll("{servicePort}", new URL(serviceUrl).port)}
${(options.environments ?? "").replaceAll(/^/gm, "      ").replaceAll("{folder}", folder)}
${(options.fraises ?? "").replaceAll(/^/gm, "  ").replaceAll("$APP", app).replaceAll("$FOLDER", folder)}
`;
  // What was not given leaves empty lines.
  return text.replaceAll(/^\s*\n/gm, "");
}

/** The service as fraises.yaml names it. Without systemd: a pid file and a kill, in a session of its own. */
function service({ unit }: ScenarioOptions, folder: string, run: string): string {
  if (unit !== undefined) {
    writeFileSync(join(folder, "ExecStart"), run);
    return `{ manager: systemd, unit: ${unit.name}, scope: ${unit.scope} }`;
  }
  return commandService(folder, "service", run);
}

/** Writes a script that keeps `run` alive without systemd, by NAME.pid in the folder, and gives the `service:` that names it. */
export function commandService(folder: string, name: string, run: string): string {
  const script = join(folder, `${name}.sh`);
  const pidFile = join(folder, `${name}.pid`);
  writeFileSync(
    script,
    `#!/bin/sh
# A zombie has let go of its port already: only nobody may have looked after it yet.
alive() { [ -n "$1" ] && case $(sed 's/.*) \\(.\\).*/\\1/' "/proc/$1/stat" 2>/dev/null) in ""|Z|X) false ;; esac; }
# Returns once the process is gone: until then its port is taken.
stop() {
  [ -f ${pidFile} ] && pid=$(cat ${pidFile}) && kill "$pid" 2>/dev/null
  tries=100
  while alive "$pid" && [ $tries -gt 0 ]; do sleep 0.02; tries=$((tries - 1)); done
  rm -f ${pidFile}
}
case $1 in
  restart)
    stop
    setsid --fork sh -c 'echo $$ > ${pidFile}; exec ${run} >> ${folder}/${name}.log 2>&1'
    until [ -s ${pidFile} ]; do sleep 0.02; done ;;
  status) alive "$(cat ${pidFile})" ;;
  stop) stop; true ;;
esac
`,
    { mode: 0o755 },
  );
  return `{ manager: command, restart: [${script}, restart], status: [${script}, status], stop: [${script}, stop] }`;
}

/** The longest wait of an idle machine is some twenty seconds. */
const PATIENCE_MS = LOADED * 60_000;

export async function until(
  what: string,
  isTrue: () => Promise<boolean>,
  evidence: () => string | Promise<string> = () => "",
): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  // Not there yet and not listening yet are the same here.
  while (!(await isTrue().catch(() => false))) {
    if (performance.now() > deadline)
      throw new Error(`waited ${PATIENCE_MS / 1000} s for ${what}\n${await evidence()}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}

/** A command, of a build or a hook, that goes on once the test has opened the gate. */
export const WAIT_AT_GATE = "until test -e $FRAISIER_APP_PATH/go; do sleep 0.05; done";

/** Lets the commands that wait at the gate go on, now and later. */
export function openGate({ app }: Scenario): void {
  writeFileSync(join(app, "go"), "");
}

export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
