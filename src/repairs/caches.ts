import { join } from "node:path";
import { targetName } from "../domain/fraise.ts";
import { removal } from "./removal.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** Caches (`cache:`) in the state folder that no target names any more: of targets that left fraises.yaml, and of places that left their settings. */
export const caches: Repair = {
  kind: "cache",
  async find(scene) {
    const { host, config, targets, isWhole, busy } = scene;
    if (!isWhole) return [];
    const folder = join(config.deployment.state_directory, "caches");
    const wanted = new Map(targets.map((target) => [folderName(targetName(target)), target.settings.sandbox.cache]));
    const found: Damage[] = [];
    for (const name of await host.files.list(folder)) {
      const target = name.replaceAll("+", "/");
      if (busy.has(target)) continue;
      const places = wanted.get(name);
      if (places === undefined) {
        found.push(damageOf(join(folder, name), `${target} is not in fraises.yaml`, scene));
        continue;
      }
      const kept = new Set(places.map(encodeURIComponent));
      for (const place of await host.files.list(join(folder, name)))
        if (!kept.has(place)) found.push(damageOf(join(folder, name, place), `${target} does not name it`, scene));
    }
    return found;
  },
};

/** The name that sandbox/confine.ts gives the folder for the caches of a target. A name in fraises.yaml holds no plus sign. */
function folderName(target: string): string {
  return target.replaceAll("/", "+");
}

function damageOf(path: string, why: string, scene: Scene): Damage {
  return {
    where: path,
    what: `the cache ${path} is kept and not used`,
    why: `${why}, and fraisier made the folder`,
    targets: [],
    remedy: removal(path, "removes the folder", scene),
  };
}
