import { chmodSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lies in memory: a reboot empties it. */
const FOLDER = "/run/fraisier-runners";
/** systemd has read the file of a unit that started long before. */
const OLD_MS = 600_000;

/**
 * Writes the environment of a transient unit into a file that only root may read, for `EnvironmentFile=`: systemd shows the variables of a unit to every
 * user of the machine, but not the content of such a file. Files that a daemon which died has left are removed. Only root has such units.
 */
export function writeEnvironmentFile(
  deployment: string,
  environment: Readonly<Record<string, string>>,
  folder: string = FOLDER,
): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // It may be there with another mode already.
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
    if (mtimeMs < Date.now() - OLD_MS) rmSync(path, { force: true });
  }
  const file = join(folder, `${deployment}.environment`);
  rmSync(file, { force: true });
  writeFileSync(file, environmentFileText(environment), { mode: 0o600, flag: "wx" });
  return file;
}

/** As systemd.exec(5) reads it: in double quotes, only these four characters are not themselves. */
export function environmentFileText(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}="${value.replaceAll(/["\\`$]/g, "\\$&")}"\n`)
    .join("");
}
