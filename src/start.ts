import { main } from "./cli/cli.ts";

/** The program from here on: the bundle begins with it, and so does the snapshot of it (snapshot.ts). */
export async function start(): Promise<void> {
  // For units of systemd only (service-managers/user-units.ts).
  if (process.argv[2] === "serve-command") await import("./host/command-worker.ts");
  else process.exitCode = await main(process.argv.slice(2));
}
