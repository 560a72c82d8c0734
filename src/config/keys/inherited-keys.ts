import type { RawConfig, RawEnvironment, RawFraise } from "./schema.ts";

/** The values of keys that neither the environment, nor its fraise, nor `deployment:` sets. */
const DEFAULTS = {
  layout: "releases",
  shared: [],
  paths: [],
  min_free_space: 256 * 2 ** 20,
  required_env_vars: [],
  needs: { commands: [], units: [] },
  network: "on",
  cache: [],
  credentials: {},
  allow: { sockets: [], paths: [], devices: [], units: {} },
  hooks: { before_deploy: [], after_deploy: { commands: [], on_error: "warn" }, on_failure: [] },
  rollback: { automatic: true, restore_database: false },
} satisfies Partial<RawEnvironment>;

type FromDeployment = Pick<RawConfig["deployment"], "keep_releases" | "timeout" | "sandbox">;
type Filled = keyof typeof DEFAULTS | keyof FromDeployment;

/** The keys of an environment, with those that it inherits; `Filled` ones are there in any case. */
export type InheritedKeys = Omit<RawEnvironment, Filled> & {
  readonly [Key in Filled]: NonNullable<RawEnvironment[Key]>;
};

/** Every key from the first place that sets it: the environment, its fraise, `deployment:`, or its default. */
export function inheritedKeys(
  { deployment: { keep_releases, timeout, sandbox } }: RawConfig,
  fraise: RawFraise,
  environment: RawEnvironment,
): InheritedKeys {
  const keys: Record<string, unknown> = { ...DEFAULTS, keep_releases, timeout, sandbox };
  for (const level of [fraise, environment] as readonly Readonly<Record<string, unknown>>[]) {
    // Not by entries: a file may have a thousand environments, each with a pair for every key.
    for (const key of Object.keys(level)) if (level[key] !== undefined) keys[key] = level[key];
  }
  return keys as InheritedKeys;
}
