import { spawn } from "node:child_process";
import { HostUnavailable } from "../domain/errors.ts";
import { runnerCommand } from "./runner-command.ts";
import { runnerEnvironment } from "./runner-environment.ts";
import type { Launcher } from "./launcher.ts";

/** A detached process in a session of its own: for machines without systemd, containers and development. */
export const processLauncher: Launcher = {
  name: "process",
  isAvailable: async () => true,
  tellsStore: async () => true,
  launch: (launch) =>
    new Promise((resolve, reject) => {
      const [program, ...rest] = runnerCommand(launch);
      const child = spawn(program, rest, {
        detached: true,
        // Its own standard error would keep the daemon's alive; what it has to say it writes to the store.
        stdio: ["ignore", "ignore", "inherit"],
        env: runnerEnvironment("process", launch),
      });
      child.once("error", (error) =>
        reject(new HostUnavailable(`the runner could not be started: ${error.message}`, { cause: error })),
      );
      child.once("spawn", () => {
        child.unref();
        resolve();
      });
      child.once("exit", (code, signal) => launch.onExit(signal ?? `exit code ${code}`));
    }),
  async stop(_deployment, pid) {
    try {
      // The runner leads a group of its own; its commands have theirs, which the next runner finds and ends.
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      // ESRCH: it ended meanwhile, which is what we wanted.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  },
};
