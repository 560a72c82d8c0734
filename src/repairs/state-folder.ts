import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { isOld } from "../host/dead-lock.ts";
import { isTemporary } from "../host/replace-file.ts";
import { storeLeftovers } from "../store/backends/sqlite-leftovers.ts";
import { removal } from "./removal.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** Temporary files beside the store and the key that a killed fraisier left. */
export const stateFolder: Repair = {
  kind: "leftover",
  async find(scene) {
    const { host, storeFile, config, isWhole } = scene;
    if (!isWhole) return [];
    const ofStore = storeFile === undefined ? [] : storeLeftovers(storeFile);
    const folders = new Set([
      config.deployment.state_directory,
      ...(storeFile === undefined ? [] : [dirname(storeFile)]),
    ]);
    const others: string[] = [];
    for (const folder of folders) {
      const names = (await host.files.list(folder)).filter(isTemporary);
      others.push(...names.map((name) => join(folder, name)));
    }
    return [
      ...(await onlyOldFiles(ofStore)).map((path) => damageOf(path, "the process that wrote it is dead", scene)),
      ...(await onlyOldFiles(others)).map((path) => damageOf(path, "fraisier renames such a file at once", scene)),
    ];
  },
};

async function onlyOldFiles(paths: readonly string[]): Promise<readonly string[]> {
  const old: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile() === true && isOld(found.mtimeMs)) old.push(path);
  }
  return old;
}

function damageOf(path: string, why: string, scene: Scene): Damage {
  return {
    where: path,
    what: `${path} is a temporary file of a fraisier that was killed`,
    why: `${why}, and it has not changed for a minute`,
    targets: [],
    remedy: removal(path, "removes the file", scene),
  };
}
