import type { Document } from "yaml";
import { addForge, addTarget, forgesIn, setPublicUrl } from "../../config/edit/edit-target.ts";
import { UsageError } from "../../domain/errors.ts";
import type { NamedForge } from "../forges/instances-of.ts";

/** The known facts about the target to write. An undefined fact is asked for, or missing. */
export interface Wishes {
  readonly fraise: string | undefined;
  readonly environment: string;
  readonly type: string;
  readonly forge: string | undefined;
  readonly repository: string | undefined;
  readonly cloneUrl: string | undefined;
  readonly branch: string | undefined;
  readonly appPath: string | undefined;
  readonly layout: "releases" | "in_place" | undefined;
  readonly service: string | undefined;
  readonly healthUrl: string | undefined;
  readonly publicUrl: string | undefined;
  /** `key.path=value` of the environment. */
  readonly set: ReadonlyMap<string, string>;
}

/** All facts that a target needs. */
export interface FirstTarget extends Wishes {
  readonly fraise: string;
  readonly forge: string;
  readonly repository: string;
  readonly branch: string;
  readonly appPath: string;
}

const FLAGS = {
  repository: "--repository owner/name",
  forge: "--forge github",
  branch: "--branch main",
  appPath: "--app-path /srv/shop",
} as const;

/** @throws UsageError that names the flag of everything that is missing. */
export function complete(wishes: Wishes): FirstTarget {
  const { repository, forge, branch, appPath } = wishes;
  const fraise = wishes.fraise ?? fraiseName(repository);
  if (
    repository !== undefined &&
    forge !== undefined &&
    branch !== undefined &&
    appPath !== undefined &&
    fraise !== undefined
  )
    return { ...wishes, repository, forge, branch, appPath, fraise };
  const missing = Object.entries(FLAGS).flatMap(([key, flag]) =>
    wishes[key as keyof typeof FLAGS] === undefined ? [flag] : [],
  );
  throw new UsageError(`the first target is not known well enough: ${missing.join(", ") || "a name"} is missing`, {
    hint: "On a terminal fraisier init asks. --unit shop.service and --checkout /srv/shop tell much of it.",
  });
}

/** `shop` for `acme/shop`, in the letters that a fraise may have. */
export function fraiseName(repository: string | undefined): string | undefined {
  const name = repository
    ?.split("/")
    .at(-1)
    ?.toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return name === "" ? undefined : name;
}

/** The variable that holds a forge's secret: `GITHUB_WEBHOOK_SECRET`. */
function secretVariable(forge: string): string {
  return `${forge.toUpperCase().replaceAll("-", "_")}_WEBHOOK_SECRET`;
}

/** Writes target, forge and public URL into the document. @throws UsageError if the target is there already. */
export function writeFirstTarget(
  document: Document,
  target: FirstTarget,
  { name, forge }: NamedForge,
  asText: ReadonlySet<string>,
): void {
  const others = forgesIn(document).filter((each) => each !== name);
  const hasSecret = [...forge.secretKeys, ...forge.signingTokenKeys].some((key) => document.hasIn(["git", name, key]));
  if (!hasSecret) addForge(document, name, forge.secretKeys[0] ?? "webhook_secret", secretVariable(name));
  if (target.publicUrl !== undefined) setPublicUrl(document, target.publicUrl);
  const isDefault = document.getIn(["git", "provider"]) === name || others.length === 0;
  const ofFraise = entries([
    ["type", target.type],
    ["repository", target.repository],
    ["clone_url", target.cloneUrl],
    ["git.provider", isDefault ? undefined : name],
  ]);
  const set = entries([
    ["branch", target.branch],
    ["app_path", target.appPath],
    ["layout", target.layout === "in_place" ? "in_place" : undefined],
    ["systemd_service", target.service],
    ["health_check.url", target.healthUrl],
    ...target.set,
  ]);
  addTarget(document, target.fraise, target.environment, { ofFraise, set, unset: [], asText });
}

function entries(list: readonly (readonly [string, string | undefined])[]): ReadonlyMap<string, string> {
  return new Map(list.flatMap(([key, value]) => (value === undefined || value === "" ? [] : [[key, value] as const])));
}
