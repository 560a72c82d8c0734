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
  for (const entry of COMMANDS) if (!("verbs" in entry || LOADED_LATER.has(nameOf(entry)))) await entry.load();
  await warmUp();
  startupSnapshot.setDeserializeMainFunction(() => void start());
}

/** Their modules cannot be evaluated yet: they begin with servers and terminals, which cannot be in a snapshot. Commands with verbs are seldom called. */
const LOADED_LATER: ReadonlySet<string> = new Set(["init", "serve"]);

const EXAMPLE = `git:
  git: { webhook_secret: "\${EXAMPLE_SECRET}" }
store: { url: "sqlite:/nowhere/fraisier.db" }
deployment: { state_directory: /nowhere/state }
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
`;

/** V8 compiles a function when it is first called, and the snapshot keeps what is compiled. */
async function warmUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-snapshot-"));
  const own = ["stdout", "stderr"].map((name) => [name, Object.getOwnPropertyDescriptor(process, name)] as const);
  const discard = { value: new Writable({ write: (_chunk, _encoding, done) => done() }), configurable: true };
  for (const [name] of own) Object.defineProperty(process, name, discard);
  const file = join(folder, "fraises.yaml");
  try {
    writeFileSync(file, EXAMPLE);
    if ((await main(["list", "--config", file])) !== 0) throw new Error("fraisier list failed");
  } finally {
    for (const [name, descriptor] of own)
      if (descriptor !== undefined) Object.defineProperty(process, name, descriptor);
    rmSync(folder, { recursive: true });
  }
}

void build();
