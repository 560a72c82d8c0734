import { createHash } from "node:crypto";
import { DURATION_KEYS, writtenDuration } from "../keys/written-duration.ts";
import { credentialsIn } from "../secrets/credentials-in.ts";
import { LateSecret } from "../secrets/secrets.ts";

/** A value without parts. */
export interface Leaf {
  /** For people; a secret is `***` with the place of its value. */
  readonly text: string;
  /** Equal for equal values. */
  readonly identity: string;
}

/** Every value by its key, as a person would name it: `health_check.url`, `verify.checks[0].type`. Lists of plain values are one value. */
export function flatten(value: unknown, prefix = ""): ReadonlyMap<string, Leaf> {
  const found = new Map<string, Leaf>();
  const look = (each: unknown, key: string): void => {
    if (each === undefined || each === null) return;
    if (each instanceof LateSecret) found.set(key, secretLeaf(each));
    else if (typeof each !== "object") found.set(key, typeof each === "number" ? ofNumber(each, key) : plain(each));
    else if (Array.isArray(each)) {
      if (each.every((item) => typeof item !== "object" || item === null)) {
        if (each.length > 0) found.set(key, plain(each));
      } else for (const [index, item] of each.entries()) look(item, `${key}[${index}]`);
    } else for (const [name, item] of Object.entries(each)) look(item, key === "" ? name : `${key}.${name}`);
  };
  look(value, prefix);
  return found;
}

/** Durations are numbers of milliseconds once they are read. */
function ofNumber(value: number, key: string): Leaf {
  const name = key.slice(key.lastIndexOf(".") + 1);
  return { text: DURATION_KEYS.has(name) ? writtenDuration(value) : String(value), identity: String(value) };
}

function plain(value: unknown): Leaf {
  const identity = JSON.stringify(value);
  if (typeof value === "string") return { text: withoutCredentials(value), identity };
  const items = Array.isArray(value)
    ? value.map((item) => (typeof item === "string" ? withoutCredentials(item) : item))
    : value;
  return { text: JSON.stringify(items), identity };
}

/** A command or URL without the password or token that may stand in it. */
function withoutCredentials(text: string): string {
  let rest = text;
  for (const [from, to] of credentialsIn(text).toSorted(([a], [b]) => b - a))
    rest = `${rest.slice(0, from)}***${rest.slice(to)}`;
  return rest;
}

function secretLeaf(secret: LateSecret): Leaf {
  const { written, variables, place } = secret;
  const text =
    written === undefined
      ? `*** (${variables.length === 0 ? place : variables.map((name) => `\${${name}}`).join(", ")})`
      : "***";
  return { text, identity: createHash("sha256").update(secret.sourceText).digest("hex") };
}
