import type { Target } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import { failed, fine, warned } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";

/** Below this the store and mirrors soon have no room. */
const STATE_BYTES = 512 * 2 ** 20;

/** Room on the disks, and whether the service may write where targets live. */
export const disk: Examination = {
  name: "disk",
  async examine(patient) {
    const apps = patient.targets.filter(({ settings }) => settings.code_from === undefined);
    return await Promise.all([stateRoom(patient), ...apps.map((target) => appFolder(target, patient))]);
  },
};

async function stateRoom({ host, stateDirectory }: Patient): Promise<Finding> {
  const check = `disk of ${stateDirectory}`;
  const free = await host.files.freeBytes(stateDirectory);
  if (free < STATE_BYTES)
    return warned(
      check,
      `${mebibytes(free)} MiB are free`,
      "Make room: fraisier prune --dry-run shows what fraisier could forget.",
    );
  return fine(check, `${mebibytes(free)} MiB are free`);
}

async function appFolder(target: Target, { host, service, actor }: Patient): Promise<Finding> {
  const { app_path: path, min_free_space: wanted } = target.settings;
  const check = `${targetName(target)} ${path}`;
  const user = (service ?? actor).name;
  if (!(await host.files.isWritable(path))) {
    const isThere = await host.files.exists(path);
    return failed(
      check,
      isThere ? `${actor.name} may not write there` : `it does not exist, and ${actor.name} may not make it`,
      `sudo install -d -o ${user} -g ${user} -m 2750 ${path}`,
    );
  }
  const free = await host.files.freeBytes(path);
  const sizes = `${mebibytes(free)} MiB are free, ${mebibytes(wanted)} MiB are wanted`;
  if (free < wanted) return failed(check, sizes, "Make room, or lower min_free_space in fraises.yaml.");
  return fine(check, `it is writable; ${sizes}`);
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 2 ** 20);
}
