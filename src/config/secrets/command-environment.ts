import { DEPLOYMENT_VARIABLE } from "../../domain/deployment-variable.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { STORE_VARIABLE } from "../../domain/store-variable.ts";
import type { Config, Target } from "../config.ts";
import { ORDINARY } from "./ordinary-variables.ts";
import { LateSecret, secretVariables } from "./secrets.ts";

/** These variables lead to the key that opens every target's variables. */
const KEY_VARIABLES = ["CREDENTIALS_DIRECTORY", "FRAISIER_KEY_FILE"];

/** `$NAME` and `${NAME…}` in a command, which a shell looks up. */
const MENTIONED = /\$\{?([A-Za-z_]\w*)/g;

/**
 * The environment of the commands of one target: fraisier's own and the file `environment`, without what only fraisier itself may know, and without
 * the variables that other targets name and this target does not. Without a target, for one question about several: what no target names.
 */
export function commandEnvironment(config: Config, key?: TargetKey): Record<string, string> {
  return commandEnvironments(config)(key);
}

/** The environments of the commands of several targets, for which the process's own environment is read once. */
export function commandEnvironments(config: Config): (key?: TargetKey) => Record<string, string> {
  const { ours, byTarget, all } = namedVariables(config);
  const values = Object.entries(config.variables.values).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !ours.has(entry[0]),
  );
  return (key) => {
    const own = key === undefined ? undefined : byTarget.get(targetName(key));
    return Object.fromEntries(values.filter(([name]) => !all.has(name) || own?.has(name) === true));
  };
}

interface NamedVariables {
  /** The variables that only fraisier itself may know. */
  readonly ours: ReadonlySet<string>;
  readonly byTarget: ReadonlyMap<string, ReadonlySet<string>>;
  readonly all: ReadonlySet<string>;
}

/** Settings are frozen, and every target's environment is asked for once a minute. */
const known = new WeakMap<readonly Target[], NamedVariables>();

function namedVariables(config: Config): NamedVariables {
  const { targets } = config;
  const found = known.get(targets);
  if (found !== undefined) return found;
  const byTarget = new Map(targets.map((target) => [targetName(target), new Set(variablesNamedBy(target))]));
  const ours = new Set([...secretVariables(config), ...KEY_VARIABLES, DEPLOYMENT_VARIABLE, STORE_VARIABLE]);
  const named = { ours, byTarget, all: new Set([...byTarget.values()].flatMap((names) => [...names])) };
  known.set(targets, named);
  return named;
}

/** The variables that the settings of a target name: as a secret, in `required_env_vars`, or in the text of a command. */
function variablesNamedBy({ settings }: Target): readonly string[] {
  return [...settings.required_env_vars, ...namesIn(settings)].filter((name) => !ORDINARY.test(name));
}

function namesIn(value: unknown): readonly string[] {
  if (value instanceof LateSecret) return value.variables;
  if (typeof value === "string") return [...value.matchAll(MENTIONED)].map((match) => match[1] ?? "");
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(namesIn) : [];
}
