import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { startupSnapshot } from "node:v8";
import { main } from "./cli/cli.ts";
import { nameOf } from "./cli/command-entry.ts";
import { COMMANDS } from "./cli/commands/index.ts";
import { start } from "./start.ts";

/**
 * Makes the program as a startup snapshot of V8 (`node --snapshot-blob FILE --build-snapshot`). Its modules are evaluated in it, and the functions that every
 * command needs are compiled: a process that starts from the file does neither again. No secret, random number, time or path of this process may get into
 * the file.
 */
async function build(): Promise<void> {
  for (const entry of COMMANDS) if (!("verbs" in entry) && LOADED.has(nameOf(entry))) await entry.load();
  await warmUp();
  startupSnapshot.setDeserializeMainFunction(() => void start());
}

/** Its modules are evaluated in the snapshot beside those of the commands that are rehearsed. Modules of other commands would only make each process larger. */
const LOADED: ReadonlySet<string> = new Set(["run"]);

/** Commands that run while the snapshot is made, on an empty store that is none (packaging/snapshot-rules.ts). */
const REHEARSED = [["list"], ["status", "docs"], ["status", "docs", "--json"], ["history", "docs"]];

const EXAMPLE = `git:
  git: { webhook_secret: "\${EXAMPLE_SECRET}" }
store: { url: "sqlite:fraisier.db" }
deployment: { state_directory: . }
fraises:
  shop:
    type: api
    repository: acme/shop
    clone_url: https://git.example.com/acme/shop.git
    environments:
      production:
        branch: main
        app_path: /nowhere/shop
        install: { command: "true" }
        service: { manager: systemd, unit: shop.service }
        health_check: { url: "http://127.0.0.1:1/health" }
  docs:
    type: api
    repository: acme/docs
    clone_url: https://git.example.com/acme/docs.git
    sandbox: off
    environments:
      production: { branch: main, app_path: /nowhere/docs }
`;

/**
 * Stands for a timer that never comes. Node keeps in the snapshot at which time its next timer is due, also if that one was cleared: in a process that starts from it, no later
 * timer would come.
 */
function noTimer(): object {
  return { ref: () => undefined, unref: () => undefined, [Symbol.dispose]: () => undefined };
}

/** V8 compiles a function when it is first called, and the snapshot keeps what is compiled. */
async function warmUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-snapshot-"));
  const own = ["stdout", "stderr"].map((name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const);
  const discard = { value: new Writable({ write: (_chunk, _encoding, done) => done() }), configurable: true };
  for (const [name] of own) Object.defineProperty(process, name, discard);
  const timers = { setTimeout: globalThis.setTimeout, setInterval: globalThis.setInterval };
  Object.assign(globalThis, { setTimeout: noTimer, setInterval: noTimer });
  const file = join(folder, "fraises.yaml");
  try {
    writeFileSync(file, EXAMPLE);
    for (const words of REHEARSED) {
      const exitCode = await main([...words, "--config", file]);
      if (exitCode !== 0) throw new Error(`fraisier ${words.join(" ")} ended with exit code ${exitCode}`);
    }
  } finally {
    Object.assign(globalThis, timers);
    for (const [name, descriptor] of own)
      if (descriptor !== undefined) Object.defineProperty(process, name, descriptor);
    rmSync(folder, { recursive: true });
  }
}

void build();
