import { join } from "node:path";
import type { Target } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import { placesOf } from "../pipeline/places.ts";
import { entryOf } from "../steps/release/prune-releases.ts";
import { leftoversBeside } from "../steps/release/remove-leftovers.ts";
import { removal } from "./removal.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** Half a release that a dead runner left: it can be what fills the disk, so that no deployment begins that would remove it. */
export const releases: Repair = {
  kind: "release",
  async find(scene) {
    const found: Damage[] = [];
    for (const target of scene.targets) {
      if (scene.busy.has(targetName(target))) continue;
      for (const path of await remainsOf(target, scene)) found.push(damageOf(path, target, scene));
    }
    return found;
  },
};

async function remainsOf(target: Target, { host, config, store }: Scene): Promise<readonly string[]> {
  if (target.settings.layout !== "releases" || target.settings.code_from !== undefined) return [];
  const places = placesOf(target, "", config.deployment.state_directory);
  const besideCurrent = await leftoversBeside({ host }, places.current);
  // Somebody put a link there: what lies behind it is not fraisier's.
  if ((await host.files.readLink(places.releases)) !== undefined) return besideCurrent;
  const entries = (await host.files.list(places.releases)).map(entryOf).filter((entry) => entry !== undefined);
  const recorded = await store.deployments.recorded(entries.map(({ id }) => id));
  const remains = entries.filter(({ id, isWhole }) => !isWhole && recorded.has(id));
  return [...remains.map(({ name }) => join(places.releases, name)), ...besideCurrent];
}

function damageOf(path: string, target: Target, scene: Scene): Damage {
  return {
    where: path,
    what: `${path} was never finished, or its removal was not`,
    why: `no deployment of ${targetName(target)} runs, and nothing but a running one writes there`,
    targets: [target],
    remedy: removal(path, "removes it", scene),
  };
}
