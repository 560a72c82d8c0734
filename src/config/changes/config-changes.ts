import { targetName } from "../../domain/fraise.ts";
import type { Config, Target } from "../config.ts";
import { flatten } from "./flatten.ts";
import type { Leaf } from "./flatten.ts";

/** A key with another value; undefined for a key that is not there. A secret is named by where its value comes from. */
export interface KeyChange {
  readonly key: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

interface TargetChange {
  readonly target: string;
  readonly change: "added" | "changed" | "removed";
  readonly type: string;
  /** The keys that differ; empty for a target that is added or removed as a whole. */
  readonly keys: readonly KeyChange[];
}

/** How one configuration differs from another one, as far as a push can change it. */
export interface ConfigChanges {
  /** Keys of `deployment:`. */
  readonly settings: readonly KeyChange[];
  readonly targets: readonly TargetChange[];
}

/** The differences between two configurations, in the order of the targets' names. Defaults are filled in on both sides; no secret is in it. Pure. */
export function configChanges(before: Config, after: Config): ConfigChanges {
  const [old, next] = [byName(before), byName(after)];
  const names = [...new Set([...old.keys(), ...next.keys()])].toSorted();
  return {
    settings: keyChanges(flatten(before.deployment, "deployment"), flatten(after.deployment, "deployment")),
    targets: names.flatMap((target): TargetChange[] => {
      const [was, is] = [old.get(target), next.get(target)];
      if (was === undefined) return [{ target, change: "added", type: is?.type ?? "", keys: [] }];
      if (is === undefined) return [{ target, change: "removed", type: was.type, keys: [] }];
      const keys = keyChanges(flatten(shown(was)), flatten(shown(is)));
      return keys.length === 0 ? [] : [{ target, change: "changed", type: is.type, keys }];
    }),
  };
}

/** Whether nothing differs. */
export function isUnchanged({ settings, targets }: ConfigChanges): boolean {
  return settings.length === 0 && targets.length === 0;
}

function byName({ targets }: Config): ReadonlyMap<string, Target> {
  return new Map(targets.map((target) => [targetName(target), target]));
}

/** A target as people write it: the keys of an environment and its fraise beside each other. */
function shown({ type, description, subscription, clone_url, settings }: Target): Readonly<Record<string, unknown>> {
  return { type, description, ...subscription, clone_url, ...settings };
}

function keyChanges(before: ReadonlyMap<string, Leaf>, after: ReadonlyMap<string, Leaf>): readonly KeyChange[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return keys.flatMap((key): KeyChange[] => {
    const [was, is] = [before.get(key), after.get(key)];
    if (was !== undefined && is !== undefined && was.identity === is.identity) return [];
    return [{ key, before: was?.text, after: is?.text }];
  });
}
