import type { Target } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** Checkouts (`layout: in_place`) with a dead lock file, or with half of a move that was interrupted. */
export const checkouts: Repair = {
  kind: "checkout",
  async find(scene) {
    const found: Damage[] = [];
    for (const target of scene.targets) {
      const { layout, code_from, app_path: folder } = target.settings;
      if (layout !== "in_place" || code_from !== undefined || scene.busy.has(targetName(target))) continue;
      if (await scene.host.files.exists(folder)) found.push(...(await look(folder, target, scene)));
    }
    return found;
  },
};

async function look(folder: string, target: Target, { host: { git } }: Scene): Promise<readonly Damage[]> {
  const { locks, changedSinceMove: changed } = await git.examineCheckout(folder);
  const mend = async (): Promise<string> => {
    await git.mendCheckout(folder);
    const left = await git.examineCheckout(folder);
    if (left.locks.length > 0) return `${left.locks.map(({ path }) => path).join(", ")} stays: it is in use again`;
    return `${folder} is at ${(await git.checkoutState(folder)).revision}`;
  };
  const free = `no deployment of ${targetName(target)} runs, and no git of this user works in ${folder}`;
  const damages: Damage[] = locks.map(({ path, isOurs, isAbandoned }) => {
    const mayRemove = isOurs || isAbandoned;
    return {
      where: path,
      what: `the lock file ${path} keeps git from working`,
      why: mayRemove ? free : "another user made it, or it is less than a minute old, and fraisier did not make it",
      targets: [target],
      remedy: mayRemove ? { does: "removes the lock file", mend } : { byHand: `If no git works there: rm ${path}` },
    };
  });
  if (changed === undefined) return damages;
  const what = `a deployment was interrupted while it moved ${folder} to another revision`;
  if (changed.length === 0) {
    const does = "completes the move, or takes it back if HEAD still names the old revision";
    return [...damages, { where: folder, what, why: free, targets: [target], remedy: { does, mend } }];
  }
  const names = changed.slice(0, 5).join(", ");
  return [
    ...damages,
    {
      where: folder,
      what,
      why: `somebody has changed files since: ${names}${changed.length > 5 ? ", …" : ""}`,
      targets: [target],
      remedy: {
        byHand: `Look at them (git -C ${folder} diff), take back or move away what is not needed, then: fraisier repair`,
      },
    },
  ];
}
