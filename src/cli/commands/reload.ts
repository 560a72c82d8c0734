import { setTimeout as sleep } from "node:timers/promises";
import type { Reader } from "../../compose/app.ts";
import { askReload, reloadAnswer } from "../../compose/reload-daemon.ts";
import { findConfig } from "../../config/file/find-config.ts";
import { storeUrlIn } from "../../config/secrets/store-url-in.ts";
import type { KnownDaemon } from "../../domain/known-daemon.ts";
import { ConfigError, HostUnavailable } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import type { Print } from "../print/print.ts";
import { withReader, withStoreAt } from "../../compose/with-store.ts";
import { EXIT } from "../exit-codes.ts";
import { livingDaemon } from "../../answers/daemon/living-daemon.ts";
import { harmless } from "../../domain/harmless.ts";
import { reloadError } from "../../answers/daemon/reload-failure.ts";

type Store = Reader["store"];

const LOOK_MS = 100;
/** How long a daemon takes to start on a busy machine. */
const START_MS = 30_000;

export async function run({ options, print }: Invocation<{ readonly wait?: boolean }>): Promise<number> {
  return await withReader(options.config, ({ store }) => reload(store, { print, isWaiting: options.wait === true }), {
    otherwise: (error) => tellDaemon(options.config, error),
  });
}

async function reload(
  store: Store,
  { print, isWaiting }: { readonly print: Print; readonly isWaiting: boolean },
): Promise<number> {
  const daemon = (await livingDaemon(store)) ?? (await startingDaemon(store, Number(process.env["MAINPID"])));
  if (daemon === undefined) {
    throw new HostUnavailable("no daemon runs here that could reload", {
      hint: "systemctl start fraisier (or fraisier serve) starts it; it reads fraises.yaml when it starts.",
    });
  }
  const asked = await askReload(store, daemon);
  if (!isWaiting) {
    if (print.isJson) print.json({ asked: true });
    else print.line("asked the daemon to reload; fraisier status says how it went, --wait waits for it");
    return EXIT.ok;
  }
  const answer = await reloadAnswer(store, daemon, asked);
  const { reloadFailure, troubles, configFile } = answer;
  if (reloadFailure !== undefined) throw reloadError(reloadFailure);
  if (print.isJson) print.json({ reloaded: true, file: configFile, troubles });
  else {
    print.line(`reloaded: the daemon uses ${configFile} as it is now`);
    for (const { message } of troubles) print.line(print.style("yellow", harmless(message)));
  }
  return EXIT.ok;
}

/** The daemon that systemd has just started: `MAINPID` names it to `ExecReload=`, before it has said in the store that it serves. */
async function startingDaemon(store: Store, pid: number): Promise<KnownDaemon | undefined> {
  for (const deadline = performance.now() + START_MS; performance.now() < deadline && runs(pid);) {
    await sleep(LOOK_MS);
    const daemon = await livingDaemon(store);
    if (daemon !== undefined) return daemon;
  }
  return undefined;
}

function runs(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A file that cannot be loaded is no reason not to ask: the daemon then says in its log and in `status` what is wrong with it. */
async function tellDaemon(configFile: string | undefined, error: unknown): Promise<never> {
  if (!(error instanceof ConfigError)) throw error;
  const file = findConfig(configFile);
  const url = await storeUrlIn(file);
  if (url === undefined) throw error;
  return await withStoreAt(url, async (store) => {
    if (store === undefined) throw error;
    const daemon = await livingDaemon(store);
    // Another daemon, of another file, is not concerned.
    if (daemon?.configFile === file) await reloadAnswer(store, daemon, await askReload(store, daemon));
    throw error;
  });
}
