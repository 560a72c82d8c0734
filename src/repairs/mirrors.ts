import { join } from "node:path";
import { ConfigError, PermissionDenied } from "../domain/errors.ts";
import { targetName } from "../domain/fraise.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { findDeadLocks, removeDeadLocks } from "../host/dead-lock.ts";
import { mirrorFault } from "../host/mirror-fault.ts";
import { findRemains, sweepMirror } from "../host/sweep-mirror.ts";
import { placesOf } from "../pipeline/places.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** fraisier's own copies of repositories: lock files, half packs and half mirrors of killed gits, and copies that git cannot read any more. */
export const mirrors: Repair = {
  kind: "mirror",
  async find(scene) {
    const found: Damage[] = [];
    for (const [mirror, targets] of await mirrorsOf(scene)) {
      if (!targets.some((each) => scene.busy.has(targetName(each))))
        found.push(...(await look(mirror, targets, scene)));
    }
    return found;
  },
};

/** Every mirror to look at, with the targets that use it. */
async function mirrorsOf(scene: Scene): Promise<ReadonlyMap<string, readonly TargetKey[]>> {
  const { host, config, targets, isWhole } = scene;
  const users = new Map<string, TargetKey[]>();
  for (const target of targets) {
    if (target.settings.layout === "in_place") continue;
    try {
      const { mirror } = placesOf(target, "", config.deployment.state_directory);
      users.set(mirror, [...(users.get(mirror) ?? []), target]);
    } catch (error) {
      // A secret of its clone_url is missing, or closed to this user: the doctor says so.
      if (!(error instanceof ConfigError || error instanceof PermissionDenied)) throw error;
    }
  }
  if (!isWhole) return users;
  const folder = join(config.deployment.state_directory, "mirrors");
  for (const name of await host.files.list(folder))
    if (name.endsWith(".git") && !users.has(join(folder, name))) users.set(join(folder, name), []);
  return users;
}

async function look(mirror: string, targets: readonly TargetKey[], scene: Scene): Promise<readonly Damage[]> {
  const free = "no git works in it, and no deployment runs that uses it";
  const repository = { gitFolder: mirror, workTree: undefined };
  const locks = await findDeadLocks(repository);
  const remains = await findRemains(mirror);
  const damages: Damage[] = locks.map(({ path, isOurs }) => ({
    where: path,
    what: `the lock file ${path} was left by a git that is dead`,
    why: isOurs ? free : "another user made it",
    targets,
    remedy: isOurs
      ? { does: "removes the lock file", mend: async () => await removeLocks(repository, path) }
      : { byHand: `sudo rm ${path}` },
  }));
  for (const path of remains.filter((each) => !locks.some((lock) => lock.path === each))) {
    damages.push({
      where: path,
      what: `${path} was left half written by a git that is dead`,
      why: `${free}; it has not changed for a minute`,
      targets,
      remedy: {
        does: "removes it",
        async mend() {
          await sweepMirror(mirror);
          return `removed ${path}`;
        },
      },
    });
  }
  const fault = await mirrorFault(mirror, scene.isThorough);
  return fault === undefined ? damages : [...damages, damagedOne(mirror, fault, targets, scene)];
}

async function removeLocks(repository: { gitFolder: string; workTree: undefined }, path: string): Promise<string> {
  await removeDeadLocks(repository);
  const left = await findDeadLocks(repository);
  return left.some((each) => each.path === path) ? `${path} stays: it is in use again` : `removed ${path}`;
}

function damagedOne(mirror: string, fault: string, targets: readonly TargetKey[], { host }: Scene): Damage {
  return {
    where: mirror,
    what: `git cannot read the mirror ${mirror}: ${fault}`,
    why: "a mirror is a copy of its remote, and no deployment runs that uses it",
    targets,
    remedy: {
      does: `renames it to <name>.damaged-<time>, so that the next deployment fetches a new one`,
      async mend() {
        const aside = `${mirror}.damaged-${new Date().toISOString().replaceAll(/[-:]|\.\d+/g, "")}`;
        await host.files.rename(mirror, aside);
        return `renamed it to ${aside}; remove that once a deployment has worked`;
      },
    },
  };
}
