// The demo behind scripts/demo: every sentence it prints has been checked on real parts just before.
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { parseArgs, promisify, styleText } from "node:util";
import Database from "better-sqlite3";
import { NEUTRAL_GIT } from "./neutral-git.ts";

type Manager = "systemd" | "systemd-user" | "command";

const { values } = parseArgs({
  options: { folder: { type: "string" }, manager: { type: "string" }, keep: { type: "boolean", default: false } },
});
if (values.folder === undefined || values.manager === undefined) throw new Error("run scripts/demo, which calls this");
const folder = values.folder;
const manager = values.manager as Manager;

const root = join(import.meta.dirname, "..");
const secret = randomBytes(24).toString("hex");
const unit = `fraisier-demo-${process.pid}.service`;
const [daemonPort, servicePort] = [await freePort(), await freePort()];
const daemonUrl = `http://127.0.0.1:${daemonPort}`;
const serviceUrl = `http://127.0.0.1:${servicePort}/`;
const bare = join(folder, "shop.git");
const work = join(folder, "shop");
const environment: Record<string, string> = {
  ...(process.env as Record<string, string>),
  ...NEUTRAL_GIT,
  DEMO_SECRET: secret,
  FRAISIER_LOG: "warn",
};
let failures = 0;
let daemon: ChildProcess | undefined;

try {
  await main();
} finally {
  if (!values.keep) await cleanUp();
}
process.exitCode = failures === 0 ? 0 : 1;

async function main(): Promise<void> {
  title(`fraisier demo in ${folder}, services under ${manager}`);
  await makeRepository();
  await writeConfig();
  await startDaemon();

  title("1. git push of version 1");
  await push("1");
  await waitForDeployment("succeeded");
  check(`curl ${serviceUrl} answers "version 1"`, (await answer()) === "version 1");

  title("2. git push of version 2");
  await push("2");
  await waitForDeployment("succeeded");
  check(`curl ${serviceUrl} answers "version 2"`, (await answer()) === "version 2");

  title("3. three pushes in a row: one runs, the newest waits, the one between is superseded");
  await push("3");
  await waitForDeployment("running", "succeeded");
  await push("4");
  await push("5");
  await waitForDeployment("succeeded");
  const [last, between] = await history();
  check("version 5 is live", (await answer()) === "version 5");
  check("version 4 was superseded by it", between?.status === "superseded" && between.superseded_by === last?.id);

  title("4. a version whose health check fails is taken back by itself");
  await push("6 broken");
  await waitForDeployment("rolled_back");
  check('"version 5" still answers', (await answer()) === "version 5");
  const [target] = (await fraisier<StatusAnswer>("status", "--json")).targets;
  check(`the target is on hold: ${target?.hold_reason ?? "it is not"}`, typeof target?.hold_reason === "string");

  title("5. the webhook of version 5 delivered again is not deployed again");
  const before = (await history()).length;
  await redeliver();
  check("no deployment was added", (await history()).length === before);

  title("6. a webhook with a bad signature");
  const refused = await post(Buffer.from("{}"), {
    "x-fraisier-signature": `sha256=${"0".repeat(64)}`,
    "x-fraisier-event": "push",
  });
  check(`is answered ${refused.status}`, refused.status === 401);
  const [newest] = (await fraisier<WebhooksAnswer>("webhooks", "--json")).deliveries;
  check(`and recorded: ${newest?.reason ?? ""}`, newest?.decision === "refused");

  title("7. a rollback by hand");
  const startedAt = performance.now();
  await fraisierText("rollback", "shop", "production", "--reason", "the demo wants to see it");
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  check(`curl ${serviceUrl} answers "version 3" again after ${seconds} s`, (await answer()) === "version 3");

  title("$ fraisier status");
  console.log(await fraisierText("status"));
  title("$ fraisier history");
  console.log(await fraisierText("history"));
  title("$ fraisier why last");
  console.log(await fraisierText("why", "last"));

  if (failures > 0)
    console.log(styleText("red", `${failures} of the checks failed. The daemon's log: ${join(folder, "daemon.log")}`));
  else console.log(styleText("green", "Every step above was checked while it was shown."));
  if (values.keep) await stayUp();
}

// ------------------------------------------------------------------------------------------------ the parts

async function makeRepository(): Promise<void> {
  await git(folder, "init", "--quiet", "--bare", "--initial-branch=main", bare);
  await git(folder, "init", "--quiet", "--initial-branch=main", work);
  const hook = join(bare, "hooks", "post-receive");
  writeFileSync(hook, `#!/bin/sh\nexec ${join(root, "scripts", "post-receive")}\n`);
  chmodSync(hook, 0o755);
  const secretFile = join(folder, "secret");
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
  await git(bare, "config", "fraisier.url", `${daemonUrl}/webhook/git`);
  await git(bare, "config", "fraisier.secretFile", secretFile);
  await git(bare, "config", "fraisier.repository", "shop");
  writeFileSync(
    join(work, "service.js"),
    `// A small web service: says which version it is; a broken one is not healthy.
const { readFileSync } = require("node:fs");
const version = readFileSync(__dirname + "/VERSION", "utf8").trim();
require("node:http").createServer((request, response) => {
  if (request.url === "/health" && version.includes("broken")) response.statusCode = 500;
  response.end("version " + version);
}).listen(${servicePort}, "127.0.0.1");
`,
  );
  await git(work, "remote", "add", "origin", bare);
}

async function writeConfig(): Promise<void> {
  const app = join(folder, "srv", "shop");
  mkdirSync(app, { recursive: true });
  const run = `${process.execPath} ${app}/current/service.js`;
  const file = join(folder, "fraises.yaml");
  writeFileSync(
    file,
    `name: demo
git:
  git: { webhook_secret: "\${DEMO_SECRET}" }
store: { url: "sqlite:${join(folder, "fraisier.db")}" }
server: { listen: "127.0.0.1:${daemonPort}" }
fraises:
  shop:
    type: api
    repository: shop
    git: { provider: git }
    clone_url: ${bare}
    environments:
      production:
        branch: main
        app_path: ${app}
        build: { command: [sleep, "0.7"] }
        service: ${await service(app, run)}
        health_check: { url: "${serviceUrl}health", timeout: 3s, interval: 100ms, stable_for: 300ms }
`,
  );
  environment["FRAISIER_CONFIG"] = file;
  console.log(`  configuration: ${file}`);
}

/** The service as its manager knows it, and as fraises.yaml names it. */
async function service(app: string, run: string): Promise<string> {
  if (manager === "command") {
    const script = join(folder, "service.sh");
    // A pid file and a kill: the smallest service manager there is. It returns once the service is in a session of its own, as what is
    // left in a command's process group does not outlive the command.
    writeFileSync(
      script,
      `#!/bin/sh
pidfile=${folder}/service.pid
stop() {
  [ -f $pidfile ] && pid=$(cat $pidfile) && kill "$pid" 2>/dev/null
  tries=100
  while [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null && [ $tries -gt 0 ]; do sleep 0.02; tries=$((tries - 1)); done
  rm -f $pidfile
}
case $1 in
  restart)
    stop
    setsid --fork sh -c 'echo $$ > ${folder}/service.pid; exec ${run} >> ${folder}/service.log 2>&1'
    until [ -s $pidfile ]; do sleep 0.05; done ;;
  status) kill -0 "$(cat $pidfile)" ;;
  stop) stop; true ;;
esac
`,
      { mode: 0o755 },
    );
    return `{ manager: command, restart: [${script}, restart], status: [${script}, status], stop: [${script}, stop] }`;
  }
  const isUser = manager === "systemd-user";
  // Below /run: gone with the next boot, whatever happens.
  const units = isUser ? join(process.env["XDG_RUNTIME_DIR"] ?? "", "systemd/user") : "/run/systemd/system";
  mkdirSync(units, { recursive: true });
  writeFileSync(
    join(units, unit),
    `[Unit]\nDescription=fraisier demo\n[Service]\nExecStart=${run}\nWorkingDirectory=${app}\n`,
  );
  await run$("systemctl", ...(isUser ? ["--user"] : []), "daemon-reload");
  return `{ manager: systemd, unit: ${unit}${isUser ? ", scope: user" : ""} }`;
}

async function startDaemon(): Promise<void> {
  const log = join(folder, "daemon.log");
  daemon = spawn(
    "/bin/sh",
    ["-c", `exec "$0" "$1" serve > "${log}" 2>&1`, process.execPath, join(root, "src/main.ts")],
    {
      env: environment,
      stdio: "ignore",
    },
  );
  await until("the daemon listens", async () => (await fetch(`${daemonUrl}/health`)).ok);
  console.log(`  daemon: ${daemonUrl}`);
}

async function push(version: string): Promise<void> {
  writeFileSync(join(work, "VERSION"), `${version}\n`);
  await git(work, "add", ".");
  await git(work, "commit", "--quiet", "--message", `version ${version}`);
  const { stderr } = await git(work, "push", "--quiet", "origin", "main");
  for (const line of stderr.split("\n").filter((each) => each.startsWith("remote:")))
    console.log(styleText("dim", `  ${line.trim()}`));
}

/** The same bytes once more under the same id, as GitHub's "Redeliver" button sends them. The store kept what the hook had sent. */
async function redeliver(): Promise<void> {
  const store = new Database(join(folder, "fraisier.db"), { readonly: true });
  const kept = store
    .prepare(
      "select e.headers, e.body from tb_webhook_event e join tb_webhook_decision d on d.event_id = e.id where d.deployment_id = ?",
    )
    .get((await fraisier<StatusAnswer>("status", "--json")).targets[0]?.deployment_id) as {
    headers: string;
    body: Buffer;
  };
  store.close();
  const headers = JSON.parse(kept.headers) as Record<string, string>;
  const own = Object.entries(headers).filter(([name]) => name.startsWith("x-fraisier-"));
  const { status, text } = await post(kept.body, Object.fromEntries(own));
  const { decisions } = JSON.parse(text) as { decisions: readonly { decision: string; reason: string }[] };
  check(
    `it is answered ${status}: ${decisions[0]?.reason ?? ""}`,
    status === 200 && decisions[0]?.decision === "redelivery",
  );
}

async function post(body: Buffer, headers: Record<string, string>): Promise<{ status: number; text: string }> {
  const response = await fetch(`${daemonUrl}/webhook/git`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}

interface HistoryRow {
  readonly id: string;
  readonly status: string;
  readonly superseded_by: string | null;
}
interface StatusAnswer {
  readonly targets: readonly { readonly hold_reason: string | null; readonly deployment_id: string | null }[];
}
interface WebhooksAnswer {
  readonly deliveries: readonly { readonly decision: string; readonly reason: string }[];
}

async function history(): Promise<readonly HistoryRow[]> {
  return (await fraisier<{ deployments: readonly HistoryRow[] }>("history", "--json")).deployments;
}

/** Waits until the newest deployment has one of the statuses, and says so. */
async function waitForDeployment(...statuses: string[]): Promise<void> {
  const start = performance.now();
  let newest: HistoryRow | undefined;
  await until(`a deployment that ${statuses.join(" or ")}`, async () => {
    [newest] = await history();
    return newest !== undefined && statuses.includes(newest.status);
  });
  check(`deployment ${newest?.id} ${newest?.status} after ${((performance.now() - start) / 1000).toFixed(1)} s`, true);
}

async function answer(): Promise<string> {
  return await (await fetch(serviceUrl)).text();
}

async function stayUp(): Promise<void> {
  const { token } = await fraisier<{ readonly token: string }>(
    "token",
    "create",
    "--name",
    "demo",
    "--scope",
    "deploy",
    "--expires",
    "1d",
    "--json",
  );
  console.log(`
Still up. The dashboard: ${daemonUrl}/
  sign in with the token ${token}

In another terminal:
  export FRAISIER_CONFIG=${environment["FRAISIER_CONFIG"]} DEMO_SECRET=${secret}
  cd ${work}      # change VERSION, commit, git push
  ${process.execPath} ${join(root, "src/main.ts")} status
Ctrl-C ends it.`);
  await new Promise((resolve) => process.once("SIGINT", resolve));
  await cleanUp();
  rmSync(folder, { recursive: true, force: true });
}

async function cleanUp(): Promise<void> {
  daemon?.kill("SIGTERM");
  await new Promise((resolve) => (daemon?.exitCode === null ? daemon.once("exit", resolve) : resolve(undefined)));
  if (manager === "command") await run$("/bin/sh", "-c", `kill $(cat ${folder}/service.pid) 2>/dev/null; true`);
  else await run$("systemctl", ...(manager === "systemd-user" ? ["--user"] : []), "stop", unit);
  if (manager === "systemd-user")
    rmSync(join(process.env["XDG_RUNTIME_DIR"] ?? "", "systemd/user", unit), { force: true });
}

// ------------------------------------------------------------------------------------------------ small things

function title(text: string): void {
  console.log(`\n${styleText("bold", text)}`);
}

function check(text: string, isTrue: boolean): void {
  if (!isTrue) failures += 1;
  console.log(`  ${isTrue ? styleText("green", "✓") : styleText("red", "✗")} ${text}`);
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    // Not there yet and not listening yet are the same here.
    if (await isTrue().catch(() => false)) return;
    if (performance.now() > deadline) {
      check(`${what} (waited 20 s)`, false);
      console.log(await fraisierText("history").catch(String));
      throw new Error(`gave up waiting for ${what}; see ${join(folder, "daemon.log")}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function run$(program: string, ...rest: string[]): Promise<{ stdout: string; stderr: string }> {
  return await promisify(execFile)(program, rest, { env: environment });
}

async function git(cwd: string, ...rest: string[]): Promise<{ stdout: string; stderr: string }> {
  return await run$("git", "-C", cwd, ...rest);
}

async function fraisierText(...rest: string[]): Promise<string> {
  return (await run$(process.execPath, join(root, "src/main.ts"), ...rest)).stdout;
}

async function fraisier<Answer>(...rest: string[]): Promise<Answer> {
  return JSON.parse(await fraisierText(...rest)) as Answer;
}

async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
