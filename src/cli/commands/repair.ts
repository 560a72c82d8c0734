import { actAsOwner, readConfig } from "../../compose/app.ts";
import type { App } from "../../compose/app.ts";
import type { Config } from "../../config/config.ts";
import { storeFileOf } from "../../config/secrets/store-file.ts";
import { StoreUnavailable } from "../../domain/errors.ts";
import { localHost } from "../../host/local-host.ts";
import { refuseStrangers } from "../../host/refuse-strangers.ts";
import { findDamages } from "../../repairs/find-damages.ts";
import type { FoundDamage } from "../../repairs/find-damages.ts";
import { repairs } from "../../repairs/index.ts";
import { findLostStore } from "../../repairs/lost-store.ts";
import { isMending } from "../../repairs/repair.ts";
import type { Scene } from "../../repairs/repair.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";
import { livingDaemon } from "../../answers/daemon/living-daemon.ts";
import { mendDamage } from "../machine/mend-damage.ts";
import type { Look, Mended } from "../machine/mend-damage.ts";
import { mendInRounds, showDamages } from "../machine/mend-in-rounds.ts";
import type { Repaired, RepairOptions } from "../machine/mend-in-rounds.ts";
import { namedTargets } from "../targets/named-targets.ts";
import type { TargetOptions } from "../../actions/targets/target-words.ts";
import { withExistingStore } from "../../compose/with-store.ts";
import { person } from "../person.ts";
import type { Print } from "../print/print.ts";

/** `fraisier repair [target]`: exits with 0 if nothing is broken any more, 1 if something still is, 2 if the person does not want it mended. */
export async function run({ args, options, print }: Invocation<RepairOptions & TargetOptions>): Promise<number> {
  const config = await readConfig(options.config);
  const targets = namedTargets(config, args, options);
  await actAsOwner(config);
  const ofStore = await repairStore(config, options, print);
  const mendTargets = async (store: App["store"] | undefined): Promise<number> => {
    if (store === undefined) return reportEnd(ofStore, options, print);
    const app = { config, store, host: localHost() };
    const look: Look = async (kind) => {
      const some = repairs.filter((each) => kind === undefined || each.kind === kind);
      return await findDamages(await sceneOf(app, targets, args.length === 0), some);
    };
    for (const each of ofStore.mended) await record(store, each);
    const mend = async (damage: FoundDamage): Promise<Mended> => {
      const result = await mendDamage(app, damage, look);
      await record(store, result);
      return result;
    };
    const { mended, left } = await mendInRounds(look, mend, options, print);
    if (mended.length > 0) store.poke();
    const all = { mended: [...ofStore.mended, ...mended], left: [...ofStore.left, ...left] };
    return reportEnd(all, options, print);
  };
  return await withExistingStore(config, mendTargets, {
    otherwise: async (error) => {
      // Its own damage keeps the store from being opened.
      if (error instanceof StoreUnavailable && ofStore.left.length > 0) return reportEnd(ofStore, options, print);
      throw error;
    },
  });
}

/** Puts a repair on record beside the other actions of people. */
async function record(store: App["store"], { damage, said, isDone }: Mended): Promise<void> {
  if (isDone)
    await store.targets.recordRepair({
      by: person(),
      subject: damage.where,
      reason: said ?? "",
      targets: damage.targets,
    });
}

/** The store comes first: until it is at its place, nothing else can be examined. */
async function repairStore(config: Config, options: RepairOptions, print: Print): Promise<Repaired> {
  const file = storeFileOf(config);
  if (file === undefined) return { mended: [], left: [] };
  refuseStrangers(file);
  const look: Look = async () => await findLostStore(file);
  return await mendInRounds(look, (damage) => mendDamage(undefined, damage, look), options, print);
}

async function sceneOf(
  { config, store, host }: App,
  targets: Config["targets"],
  isWhole: boolean,
): Promise<Omit<Scene, "busy">> {
  const storeFile = storeFileOf(config);
  const isServed = (await livingDaemon(store)) !== undefined;
  return { config, store, host, targets, isWhole, storeFile, isServed, isThorough: true };
}

function reportEnd({ mended, left }: Repaired, { dryRun = false }: RepairOptions, print: Print): number {
  const exitCode = left.length === 0 ? EXIT.ok : EXIT.failed;
  if (print.isJson) {
    const done = mended.map(({ damage, said, error }) => ({ ...asJson(damage), said, error }));
    print.json({ dry_run: dryRun, mended: done, damages: left.map(asJson) });
    return exitCode;
  }
  if (left.length === 0) {
    if (mended.length === 0) print.line("Nothing is broken.");
    return exitCode;
  }
  if (mended.length > 0) print.line("Still broken:");
  showDamages(left, print);
  if (dryRun) print.line("Nothing is done.");
  return exitCode;
}

function asJson({ kind, where, what, why, targets, remedy }: FoundDamage) {
  const names = targets.map(({ fraise, environment, job }) => ({ fraise, environment, job }));
  const [mending, byHand] = isMending(remedy) ? [remedy.does, null] : [null, remedy.byHand];
  return { kind, where, what, why, targets: names, mending, by_hand: byHand };
}
