// Behind scripts/screenshots.
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs, promisify } from "node:util";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    scene: { type: "string" },
    width: { type: "string", multiple: true, default: ["390", "1280", "1920"] },
    scheme: { type: "string", multiple: true, default: ["light", "dark"] },
    only: { type: "string", default: "" },
  },
});
const root = join(import.meta.dirname, "..");
const output = resolve(positionals[0] ?? join(root, "build/screenshots"));
const isKept = values.scene !== undefined;
const scene = resolve(values.scene ?? mkdtempSync(join(tmpdir(), "fraisier-screenshots-")));
const [bare, work, config] = [join(scene, "shop.git"), join(scene, "work"), join(scene, "fraises.yaml")];
const environment: Record<string, string> = {
  ...(process.env as Record<string, string>),
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.com",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.com",
  FRAISIER_CONFIG: config,
  FRAISIER_LOG: "warn",
  SCENE_SECRET: "a secret for a scene",
};
let daemon: ChildProcess | undefined;

try {
  const isNew = !existsSync(config);
  if (isNew) await writeScene();
  const url = `http://${/listen: "([^"]+)"/.exec(readFileSync(config, "utf8"))?.[1]}`;
  await startDaemon(url);
  if (isNew) await deploySomething();
  const { token } = JSON.parse(
    await fraisier("token", "create", "--name", `ann-${process.pid}`, "--scope", "deploy", "--json"),
  ) as { readonly token: string };
  await push("0.9.4 slow", "Say which size is sold out");
  await push("0.9.5", "Remember the basket for a week");
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium" });
  try {
    await draw(browser, url, token);
  } finally {
    await browser.close();
  }
} finally {
  daemon?.kill("SIGTERM");
  await new Promise((done) => (daemon?.exitCode === null ? daemon.once("exit", done) : done(undefined)));
  // A deployment that is still under way goes on writing for a moment.
  if (!isKept) rmSync(scene, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}

async function writeScene(): Promise<void> {
  mkdirSync(scene, { recursive: true });
  await run("git", "init", "--quiet", "--bare", "--initial-branch=main", bare);
  await run("git", "init", "--quiet", "--initial-branch=main", work);
  const address = `127.0.0.1:${await freePort()}`;
  const hook = join(bare, "hooks/post-receive");
  writeFileSync(hook, `#!/bin/sh\nexec ${join(root, "scripts/post-receive")}\n`);
  chmodSync(hook, 0o755);
  writeFileSync(join(scene, "secret"), `${environment["SCENE_SECRET"]}\n`, { mode: 0o600 });
  for (const [key, value] of [
    ["url", `http://${address}/webhook/git`],
    ["secretFile", join(scene, "secret")],
    ["repository", "acme/shop"],
  ] as const)
    await run("git", "-C", bare, "config", `fraisier.${key}`, value);
  await run("git", "-C", work, "remote", "add", "origin", bare);
  const fraise = (name: string, environments: Readonly<Record<string, string>>): string =>
    `  ${name}:
    type: script
    repository: acme/shop
    git: { provider: git }
    clone_url: ${bare}
    environments:
${Object.entries(environments)
  .map(
    ([each, branch]) =>
      `      ${each}: { branch: ${branch}, app_path: ${scene}/srv/${name}-${each}${name === "billing" && each === "production" ? `, freeze: [{ from: 2020-01-01T00:00, to: 2099-01-02T08:00, timezone: Europe/Berlin, reason: year-end closing }]` : ""} }`,
  )
  .join("\n")}
`;
  writeFileSync(
    config,
    `name: scene
git:
  git: { webhook_secret: "\${SCENE_SECRET}" }
store: { url: "sqlite:${join(scene, "fraisier.db")}" }
server: { listen: "${address}" }
deployment: { sandbox: off, retries: 0 }
fraises:
${fraise("shop", { production: "main", staging: "[main, develop]", preview: "feature/*" })}${fraise("billing", { production: "main", staging: "develop" })}${fraise("docs", { production: "develop" })}${fraise("search", { production: "release", staging: "develop" })}`,
  );
}

/** Successes, a version that is taken back, a lock, and a branch with a hostile name. */
async function deploySomething(): Promise<void> {
  await push("0.9.0", "Show the price with tax");
  await settled();
  await branch("develop");
  await push("0.9.1", "Search by size and colour", "develop");
  await settled();
  await branch("feature/<i>bold&quot;");
  await push("0.9.2", "<script>alert('a hostile message')</script>", "feature/<i>bold&quot;");
  await settled();
  await run("git", "-C", work, "checkout", "--quiet", "main");
  await push("0.9.3", "Pay by invoice");
  await settled();
  await run("git", "-C", work, "checkout", "--quiet", "develop");
  await push("0.9.4 broken", "Try another payment provider", "develop");
  await settled();
  await run("git", "-C", work, "checkout", "--quiet", "main");
  await fraisier("lock", "docs", "production", "--reason", "the translators are at work until Thursday");
}

async function branch(name: string): Promise<void> {
  await run("git", "-C", work, "checkout", "--quiet", "-b", name);
}

async function push(version: string, message: string, ref = "main"): Promise<void> {
  writeFileSync(join(work, "VERSION"), `${version}\n`);
  writeFileSync(
    join(work, "deploy.sh"),
    `#!/bin/sh
echo "deploying $(cat VERSION)"
grep -q slow VERSION && sleep 90
grep -q broken VERSION && { echo "the payment provider does not answer" >&2; exit 1; }
sleep 0.4
`,
    { mode: 0o755 },
  );
  await run("git", "-C", work, "add", "--all");
  await run("git", "-C", work, "commit", "--quiet", "--allow-empty", "--message", message);
  await run("git", "-C", work, "push", "--quiet", "origin", ref);
}

/** Waits until nothing runs. What waits for a lock or a freeze window does not count. */
async function settled(): Promise<void> {
  for (let i = 0; i < 600; i++) {
    await sleep(300);
    const { targets } = JSON.parse(await fraisier("status", "--json")) as {
      readonly targets: readonly {
        readonly running_id: string | null;
        readonly waiting_id: string | null;
        readonly waiting_held_because: string | null;
      }[];
    };
    if (targets.every((each) => !each.running_id && (!each.waiting_id || each.waiting_held_because))) return;
  }
  throw new Error("a deployment of the scene does not end");
}

async function startDaemon(url: string): Promise<void> {
  const log = openSync(join(scene, "daemon.log"), "a");
  daemon = spawn(process.execPath, [join(root, "src/main.ts"), "serve"], {
    env: environment,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  for (let i = 0; i < 200; i++) {
    if (
      await fetch(`${url}/health`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return;
    await sleep(100);
  }
  throw new Error(`the daemon does not answer: ${join(scene, "daemon.log")}`);
}

async function draw(browser: Browser, url: string, token: string): Promise<void> {
  mkdirSync(output, { recursive: true });
  let paths: ReadonlyMap<string, string> | undefined;
  for (const scheme of values.scheme as ("light" | "dark")[])
    for (const width of values.width.map(Number)) {
      const context = await browser.newContext({
        viewport: { width, height: width < 600 ? 844 : 900 },
        colorScheme: scheme,
        deviceScaleFactor: width < 600 ? 2 : 1,
        hasTouch: width < 600,
        isMobile: width < 600,
      });
      const page = await context.newPage();
      await page.goto(`${url}/sign-in`);
      if (values.only === "" || values.only === "sign-in") await shoot(page, "sign-in", width, scheme);
      await page.fill("#token", token);
      await page.click("main button[type=submit]");
      paths ??= await pathsFrom(page, url);
      for (const [name, path] of paths) {
        if (values.only !== "" && values.only !== name) continue;
        await page.goto(`${url}${path}`);
        await shoot(page, name, width, scheme);
      }
      await context.close();
    }
}

/** One page of each kind that the board and what it links to lead to, by a name for its file. */
async function pathsFrom(page: Page, url: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map([
    ["board", "/"],
    ["target", "/targets/shop/staging"],
  ]);
  for (const from of ["/", "/targets/shop/production", "/targets/shop/staging", "/targets/docs/production"]) {
    await page.goto(`${url}${from}`);
    const links = await page.$$eval("a[href^='/']", (all) => all.map((each) => each.getAttribute("href") ?? ""));
    for (const path of [from, ...links]) {
      const name = nameOf(path);
      if (name !== undefined && !found.has(name)) found.set(name, path);
    }
  }
  return found;
}

function nameOf(path: string): string | undefined {
  const [, first = "", second = ""] = new URL(path, "http://scene").pathname.split("/");
  if (first === "" || first === "assets" || path.includes("?q=")) return undefined;
  if (first === "act") return `act-${second}`;
  return first === "targets" ? "target" : first.replace(/s$/, second === "" ? "s" : "");
}

async function shoot(page: Page, name: string, width: number, scheme: string): Promise<void> {
  await page.screenshot({
    path: join(output, `${name}-${width}-${scheme}.png`),
    fullPage: true,
    animations: "disabled",
  });
}

async function fraisier(...rest: readonly string[]): Promise<string> {
  return await run(process.execPath, join(root, "src/main.ts"), ...rest);
}

async function run(program: string, ...rest: readonly string[]): Promise<string> {
  return (await promisify(execFile)(program, [...rest], { env: environment, maxBuffer: 64 << 20 })).stdout;
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
