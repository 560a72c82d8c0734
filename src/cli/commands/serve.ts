import { closeSync, openSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { startDaemon } from "../../compose/daemon.ts";
import { tellSystemd } from "../../host/tell-systemd.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";

/** Stopping may take so long. After that the process exits, and the next start finds the store as the last commit left it. */
const STOP_MS = 15_000;

/** Handles that are still open after stopping (a disk that does not answer) do not keep the process. */
const LEFT_MS = 500;

export async function run({ options, print }: Invocation): Promise<number> {
  // A daemon is small for months: its young generation need not grow to 48 MB in a storm of pushes.
  setFlagsFromString("--semi-space-growth-factor=1");
  const hadTerminal = hasTerminal();
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>();
  let isEarly = false;
  let reload = (): void => {
    isEarly = true;
  };
  process.on("SIGHUP", () => (hadTerminal && !hasTerminal() ? ask() : reload()));
  const daemon = await startDaemon(options.config);
  reload = daemon.reload;
  giveBackMemory();
  // A process that asked while the daemon started waits for its answer.
  if (isEarly) reload();
  const { host, port } = daemon.address;
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
  const untold = await tellSystemd(`listening on ${url}`, process.env);
  if (untold !== undefined) process.stderr.write(`${untold}\n`);
  if (print.isJson) print.json({ listening: url });
  else print.line(`fraisier listens on ${url}`);
  const onSignal = (): void => {
    // A second signal ends the daemon at once.
    process.once("SIGINT", () => process.exit(EXIT.interrupted));
    process.once("SIGTERM", () => process.exit(EXIT.interrupted));
    ask();
  };
  process.once("SIGINT", onSignal);
  process.once("SIGTERM", onSignal);
  await asked;
  setTimeout(() => process.exit(EXIT.failed), STOP_MS).unref();
  await daemon.stop();
  setTimeout(() => process.exit(EXIT.ok), LEFT_MS).unref();
  return EXIT.ok;
}

/** SIGHUP asks for a reload; but the kernel also sends it when the terminal is closed that the daemon runs in, which ends the daemon. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
}

/** Gives back the memory that loading the program took: V8 keeps some ten megabytes of it for as long as little is done. */
function giveBackMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as NonNullable<typeof globalThis.gc>;
  setFlagsFromString("--no-expose-gc");
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}
