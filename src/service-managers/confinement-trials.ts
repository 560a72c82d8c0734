import type { Manager } from "./systemctl.ts";
import type { Units } from "./units.ts";

/** Tries each set of lines once. */
export function confinementTrials(manager: Manager): Units["canConfine"] {
  const trials = new Map<string, Promise<boolean>>();
  return (lines) => {
    const properties = lines.map((line) => line.join("="));
    const key = properties.join("\n");
    const trial = trials.get(key) ?? canRun(manager, properties);
    trials.set(key, trial);
    return trial;
  };
}

async function canRun(manager: Manager, properties: readonly string[]): Promise<boolean> {
  if (!manager.userScope) return false;
  const options = ["--quiet", "--wait", "--collect", ...properties.map((each) => `--property=${each}`)];
  const argv = ["systemd-run", ...manager.scope, ...options, "--", "/bin/true"];
  // Without the program systemd-run no unit can be tried, and the job runs as it did.
  return await manager.run(argv).then(
    ({ exitCode }) => exitCode === 0,
    () => false,
  );
}
