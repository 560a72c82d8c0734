import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Target } from "../config.ts";
import { pathName } from "../file/locate.ts";
import type { Path } from "../file/locate.ts";
import { didYouMean } from "../file/nearest.ts";
import type { Draft } from "./draft.ts";
import type { Problems } from "../file/problems.ts";
import type { RawConfig, RawEnvironment, RawFraise } from "../keys/schema.ts";

/** Keys that say how a release of one's own is made. */
const OWN_RELEASE = ["app_path", "layout", "shared", "keep_releases", "install", "build", "test"] as const;

/**
 * `code_from: api`: the environment with the folder of the other fraise's target in it, whose releases it runs from. Anything but a fraise of the same
 * repository with the same environment and code of its own is complained about. Environments with code of their own come back as they are.
 */
export function borrowCode({ data, problems }: Draft, fraise: string, environment: string): RawEnvironment {
  const own = data.fraises[fraise];
  const settings = own?.environments[environment];
  if (own === undefined || settings === undefined) throw new Error(`${fraise}/${environment} is not in the data`);
  const path: Path = ["fraises", fraise, "environments", environment];
  const name = lender(settings);
  // A type that can borrow its code does not demand the key from the schema.
  const app_path = settings.app_path as string | undefined;
  if (name === undefined) {
    if (app_path === undefined) problems.atKey(path, `${pathName(path)} lacks the key "app_path"`);
    return { ...settings, app_path: app_path ?? "/nowhere" };
  }
  refuseOwnRelease(problems, name, [
    [path, settings],
    [["fraises", fraise], own],
  ]);
  const problem = lenderProblem(data, fraise, environment, name);
  if (problem !== undefined) problems.of([...path, "code_from"], ` ${problem}`);
  return { ...settings, ...releasesOf(data.fraises[name], environment) };
}

/** The place of the lender's releases; nowhere if there is no such lender, which is a problem of its own. */
function releasesOf(lending: RawFraise | undefined, environment: string): Pick<RawEnvironment, "app_path" | "layout"> {
  const other = lending?.environments[environment];
  return { app_path: other?.app_path ?? "/nowhere", layout: other?.layout ?? lending?.layout };
}

/** Complains of keys that are for a release of the target's own. */
function refuseOwnRelease(problems: Problems, lending: string, holders: readonly (readonly [Path, object])[]): void {
  for (const [place, holder] of holders) {
    for (const key of OWN_RELEASE) {
      if ((holder as Record<string, unknown>)[key] === undefined) continue;
      const message = `${pathName([...place, key])} is for code of its own: code_from takes that of ${lending}`;
      problems.atKey([...place, key], message);
    }
  }
}

/** The target whose code each target runs, by the target's key. */
export function lendersOf(targets: readonly Target[]): (target: TargetKey) => TargetKey | undefined {
  const lenders = new Map(targets.map((target) => [targetName(target), lenderOf(target)]));
  return (target) => lenders.get(targetName(target));
}

/** The target whose code this one runs; undefined for one with code of its own. */
export function lenderOf({ environment, settings }: Target): TargetKey | undefined {
  const { code_from: fraise } = settings;
  return fraise === undefined ? undefined : { fraise, environment, job: "" };
}

/** The targets that run the code of this one. */
export function borrowersOf(targets: readonly Target[], lending: TargetKey): readonly Target[] {
  return targets.filter((target) => {
    const key = lenderOf(target);
    return key !== undefined && targetName(key) === targetName(lending);
  });
}

function lender(settings: object): string | undefined {
  return (settings as { code_from?: string }).code_from;
}

function lenderProblem(data: RawConfig, fraise: string, environment: string, name: string): string | undefined {
  const [own, other] = [data.fraises[fraise], data.fraises[name]];
  if (other === undefined || own === undefined) {
    return `names the fraise "${name}", which is not there${didYouMean(name, Object.keys(data.fraises))}`;
  }
  if (name === fraise) return "names its own fraise: its code must come from another one";
  const theirs = other.environments[environment];
  if (theirs === undefined) {
    return `names ${name}, which has no environment ${environment}: ${Object.keys(other.environments).join(", ")}`;
  }
  if (lender(theirs) !== undefined) return `names ${name}, which takes its code from ${lender(theirs)} itself`;
  const forge = (each: typeof own): string | undefined => each.git?.provider ?? data.git.provider;
  if (own.repository !== other.repository || forge(own) !== forge(other)) {
    return `names ${name}, whose repository is ${other.repository} and not ${own.repository}: its releases hold other code`;
  }
  return undefined;
}
