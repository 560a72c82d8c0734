import { basename, dirname, join, relative } from "node:path";
import type { Target } from "../config/config.ts";
import { targetName } from "../domain/fraise.ts";
import { placesOf } from "../pipeline/places.ts";
import type { Places } from "../steps/capabilities.ts";
import type { Damage, Repair, Scene } from "./repair.ts";

/** An app_path whose `current` is gone, is no link, or leads to nothing that fraisier knows. A switch to another known release is a person's, and drift. */
export const currentLinks: Repair = {
  kind: "current link",
  async find(scene) {
    const found: Damage[] = [];
    for (const target of scene.targets) {
      const { layout, code_from } = target.settings;
      if (layout !== "releases" || code_from !== undefined || scene.busy.has(targetName(target))) continue;
      const damage = await look(target, scene);
      if (damage !== undefined) found.push(damage);
    }
    return found;
  },
};

async function look(target: Target, scene: Scene): Promise<Damage | undefined> {
  const { host, store, config } = scene;
  const row = await store.targets.here(target);
  const places = placesOf(target, "", config.deployment.state_directory);
  const fault = await faultOf(places, target, scene, row?.revision);
  if (fault === undefined) return undefined;
  const common = { where: places.current, what: `${places.current} ${fault}`, targets: [target] };
  const recorded = basename(row?.releasePath ?? "");
  const release = join(places.releases, recorded);
  const name = targetName(target);
  const { fraise, environment, job } = target;
  if (recorded === "" || !(await host.files.exists(release))) {
    const deploy = `fraisier deploy ${fraise} ${environment}${job === "" ? "" : ` --job ${job}`}`;
    const aside = fault === NO_LINK ? `Move it elsewhere (mv ${places.current} ${places.current}.aside), then: ` : "";
    return {
      ...common,
      why:
        recorded === ""
          ? `no release of ${name} is on record as live`
          : `${release}, which is on record as live, is gone`,
      remedy: { byHand: `${aside}${deploy}` },
    };
  }
  const putAside = fault === NO_LINK ? `renames it to ${basename(places.current)}.aside-<time>, and ` : "";
  return {
    ...common,
    why: `${release} is on record as what runs of ${name}, and no deployment of it runs`,
    remedy: {
      does: `${putAside}links it to releases/${recorded}; the service is not restarted`,
      async mend() {
        if (fault === NO_LINK)
          await host.files.rename(places.current, `${places.current}.aside-${stampOf(new Date())}`);
        await host.files.switchLink(places.current, relative(places.app, release));
        return `${places.current} leads to releases/${recorded}`;
      },
    },
  };
}

const NO_LINK = "is no link, so that no release can take its place";

/** Undefined if there is nothing wrong with it. */
async function faultOf(
  { app, current, releases }: Places,
  target: Target,
  { host: { files }, store }: Scene,
  active: string | undefined,
): Promise<string | undefined> {
  if (!(await files.exists(current))) return active === undefined ? undefined : "is gone";
  const link = await files.readLink(current);
  if (link === undefined) return NO_LINK;
  // The first deployment takes the place of any link.
  if (active === undefined) return undefined;
  const real = await files.realPath(current);
  if (real === undefined) return `leads to ${link}, and there is nothing`;
  const isRelease = dirname(real) === (await files.realPath(releases));
  const row = isRelease ? (await store.deployments.detail(basename(real)))?.deployment : undefined;
  if (row !== undefined && targetName(row) === targetName(target)) return undefined;
  return `leads to ${relative(app, real).startsWith("..") ? real : relative(app, real)}, which is no release of a deployment that fraisier knows`;
}

function stampOf(time: Date): string {
  return time.toISOString().replaceAll(/[-:]|\.\d+/g, "");
}
