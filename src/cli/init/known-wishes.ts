import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import { forges } from "../../forges/index.ts";
import { localHost } from "../../host/local-host.ts";
import { assignments } from "../editing/assignments.ts";
import type { EditOptions } from "../editing/edit-options.ts";
import { nameIn } from "../../actions/targets/target-words.ts";
import { checkoutFacts } from "./checkout-facts.ts";
import type { CheckoutFacts } from "./checkout-facts.ts";
import type { Wishes } from "./first-target.ts";
import { repositoryOf } from "./repository-of.ts";
import { unitFacts } from "./unit-facts.ts";
import type { UnitFacts } from "./unit-facts.ts";

/** The options of `fraisier init` that tell about the target. */
export interface InitOptions extends EditOptions {
  readonly unit?: string;
  readonly checkout?: string;
  readonly layout?: "releases" | "in_place";
  readonly publicUrl?: string;
}

type KnownConfig = Pick<Config, "forges">;
/** A source of facts: it leaves out what it does not know. */
type Facts = { readonly [Key in keyof Wishes]?: Wishes[Key] | undefined };

/** Collects the facts from flags, the unit and the checkout; a flag wins over both. */
export async function knownWishes(
  words: readonly string[],
  options: InitOptions,
  config: KnownConfig,
): Promise<{ readonly wishes: Wishes; readonly unit: UnitFacts | undefined }> {
  const host = localHost();
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? ""]));
  const unit = options.unit === undefined ? undefined : await unitFacts(options.unit, host, env);
  const folder = resolved(options.checkout ?? checkoutOf(unit));
  const checkout = folder === undefined ? undefined : await checkoutFacts(folder, host, env);
  const appPath = resolved(options.appPath ?? unit?.appPath ?? options.checkout);
  const isCheckout = folder === appPath && folder !== undefined;
  const wishes = firstKnown([
    { ...nameIn(words, {}), ...flagsOf(options) },
    { service: unit?.unit, ...placeFacts(checkout, isCheckout) },
    repositoryFacts(options.cloneUrl ?? checkout?.remote, config),
    { forge: onlyForge(config) },
  ]);
  return { unit, wishes: { ...wishes, appPath } };
}

function resolved(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** The folder of a unit, if it is a checkout of git. */
function checkoutOf(unit: UnitFacts | undefined): string | undefined {
  return unit?.appPath !== undefined && existsSync(join(unit.appPath, ".git")) ? unit.appPath : undefined;
}

function flagsOf({ type, forge, repository, cloneUrl, branch, layout, ...options }: InitOptions): Facts {
  const { service, healthUrl, publicUrl, set } = options;
  return {
    type,
    forge,
    repository,
    cloneUrl,
    branch,
    layout,
    service,
    healthUrl,
    publicUrl,
    set: new Map(assignments(set)),
  };
}

/** @param isAppPath whether the checkout is the folder that the program runs from. */
function placeFacts(checkout: CheckoutFacts | undefined, isAppPath: boolean): Facts {
  return { branch: checkout?.branch, layout: isAppPath ? "in_place" : undefined };
}

/** The facts that the URL of a repository tells. */
function repositoryFacts(remote: string | undefined, config: KnownConfig): Facts {
  if (remote === undefined) return {};
  const baseUrls = Object.fromEntries(Object.entries(config.forges).map(([name, { base_url }]) => [name, base_url]));
  return { ...repositoryOf(remote, forges, baseUrls) };
}

function onlyForge({ forges: configured }: KnownConfig): string | undefined {
  const names = Object.keys(configured);
  return names.length === 1 ? names[0] : undefined;
}

/** Each fact from the first source that knows it. Pure. */
function firstKnown(sources: readonly Facts[]): Wishes {
  const first = <Key extends keyof Wishes>(key: Key): Wishes[Key] | undefined =>
    sources.map((each) => each[key]).find((value) => value !== undefined);
  return {
    fraise: first("fraise"),
    environment: first("environment") ?? "production",
    type: first("type") ?? "api",
    forge: first("forge"),
    repository: first("repository"),
    cloneUrl: first("cloneUrl"),
    branch: first("branch"),
    appPath: undefined,
    layout: first("layout"),
    service: first("service"),
    healthUrl: first("healthUrl"),
    publicUrl: first("publicUrl"),
    set: first("set") ?? new Map(),
  };
}
