import type { TargetKey } from "../../domain/fraise.ts";
import type { Config, Target } from "../config.ts";
import type { Path } from "../file/locate.ts";
import type { ReadDocument } from "../file/read-document.ts";
import { readDocument } from "../file/read-document.ts";
import { joinDocuments } from "../from-git/join-documents.ts";
import { nameInGit, splitFiles } from "../from-git/two-files.ts";
import { flatten } from "../changes/flatten.ts";

/** A setting of a target, and the place in fraises.yaml that says it. */
export interface SettingOrigin {
  /** As a person would name it: `health_check.url`. */
  readonly key: string;
  /** For people; secrets as `***`. */
  readonly value: string;
  readonly from: "job" | "environment" | "fraise" | "deployment" | "default";
  /** Undefined for a default. */
  readonly place: { readonly file: string; readonly line: number } | undefined;
}

/** Keys of the file that another setting is made of. */
const SPELLINGS: Readonly<Record<string, readonly string[]>> = {
  service: ["service", "systemd_service"],
  "sandbox.mode": ["sandbox"],
  "sandbox.network": ["network"],
  "sandbox.cache": ["cache"],
  "sandbox.credentials": ["credentials"],
  "sandbox.allow": ["allow"],
};

/** Every setting of a target that has a value, after inheritance, by its name. */
export function settingOrigins(config: Config, target: Target): readonly SettingOrigin[] {
  const document = documentOf(config);
  const levels = levelsOf(target);
  return [...flatten(target.settings)].map(([key, { text }]) => ({
    key,
    value: text,
    ...originOf(document, levels, key),
  }));
}

type Origin = Pick<SettingOrigin, "from" | "place">;
type Level = readonly [from: SettingOrigin["from"], path: Path];

/** The places that may say a setting: the first of them that does counts. */
function levelsOf({ fraise, environment, job }: TargetKey): readonly Level[] {
  const own: Path = ["fraises", fraise, "environments", environment];
  return [
    ...(job === "" ? [] : [["job", [...own, "jobs", job]] as const]),
    ["environment", own],
    ["fraise", ["fraises", fraise]],
    ["deployment", ["deployment"]],
  ];
}

function originOf(document: ReadDocument, levels: readonly Level[], key: string): Origin {
  const path = pathOf(key.replace(/^job\./, ""));
  const spellings = [path, ...spelled(key)];
  for (const [from, level] of levels)
    for (const spelling of spellings) {
      const found = [...level, ...spelling];
      if (document.has(found)) return { from, place: placeOf(document, found) };
    }
  return shortForm(document, levels, path) ?? { from: "default", place: undefined };
}

/** The other spellings of a key: `systemd_service` for `service.unit`. */
function spelled(key: string): readonly Path[] {
  return Object.entries(SPELLINGS).flatMap(([made, keys]) =>
    key === made || key.startsWith(`${made}.`) ? keys.map((each) => pathOf(each + key.slice(made.length))) : [],
  );
}

/** A key may be written with less than all of its parts: `build: make` for `build.command`. A part that a longer form leaves out is a default. */
function shortForm(document: ReadDocument, levels: readonly Level[], path: Path): Origin | undefined {
  const [first = ""] = path;
  // Its parts are keys of their own in the file.
  if (first === "sandbox") return undefined;
  const keys = first === "service" ? ["service", "systemd_service"] : [first];
  for (const [from, level] of levels)
    for (const key of keys) {
      const value = valueAt(document.data, [...level, key]);
      if (value === undefined) continue;
      const isLong = typeof value === "object" && value !== null && value.constructor === Object;
      return isLong || path.length === 1 ? undefined : { from, place: placeOf(document, [...level, key]) };
    }
  return undefined;
}

function placeOf(document: ReadDocument, path: Path): SettingOrigin["place"] {
  const { file, line } = document.problemAt(path, "", { atKey: true });
  return { file, line };
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null
        ? (value as Readonly<Record<string | number, unknown>>)[part]
        : undefined,
    data,
  );
}

/** `verify.checks[0].type` in parts. */
function pathOf(key: string): Path {
  return key.split(/[.[]/).map((part) => (part.endsWith("]") ? Number(part.slice(0, -1)) : part));
}

let last: { readonly text: string; readonly document: ReadDocument } | undefined;

/** The file of the settings, read once for as long as it stays as it is: the daemon is asked for many targets. */
function documentOf({ text, file }: Config): ReadDocument {
  if (last?.text === text) return last.document;
  const { local, git } = splitFiles(text);
  const own = readDocument(local, file);
  const document = git === undefined ? own : joinDocuments(own, readDocument(git.text, nameInGit(git)));
  last = { text, document };
  return document;
}
