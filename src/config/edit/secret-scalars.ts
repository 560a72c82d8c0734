import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Document, Scalar, YAMLMap } from "yaml";
import { z } from "zod";
import { isMergeKey, mergeSources } from "../file/merge-keys.ts";

/** `url`: only the credentials in it are secret. `webhook`: a secret of a forge or another one of the daemon's own, which runners must not know. */
export type SecretKind = "url" | "webhook" | "whole";

interface Definition {
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  /** For names that an object does not know. */
  readonly catchall?: z.ZodType;
}

/** The scalars of a fraises.yaml that stand where the schema has a secret, through aliases and merges. */
export function secretScalars(document: Document, schema: z.ZodType): ReadonlyMap<Scalar, SecretKind> {
  const found = new Map<Scalar, SecretKind>();
  const look = (node: unknown, at: z.ZodType, path: readonly string[]): void => {
    const value = isAlias(node) ? node.resolve(document) : node;
    if (z.globalRegistry.get(at)?.title === "secret" && isScalar(value)) {
      const kind = kindOf(path);
      // An anchor may stand for several secrets: what a target needs is not withheld from its runner.
      if (kind !== "webhook" || !found.has(value)) found.set(value, kind);
      return;
    }
    const wrapped = wrappedIn(at);
    if (wrapped.length > 0) for (const each of wrapped) look(value, each, path);
    else
      for (const [key, item] of itemsOf(document, value)) {
        const inside = schemaOf(at, key);
        if (inside !== undefined) look(item, inside, [...path, String(key)]);
      }
  };
  look(document.contents, schema, []);
  return found;
}

/** The schemas that a wrapper (optional, default, transform) or a union stands for. */
function wrappedIn(schema: z.ZodType): readonly z.ZodType[] {
  const { innerType, in: input, options } = schema.def as unknown as Definition;
  const inner = innerType ?? input;
  return inner === undefined ? (options ?? []) : [inner];
}

function itemsOf(document: Document, value: unknown): readonly (readonly [string | number, unknown])[] {
  if (isSeq(value)) return [...value.items.entries()];
  return isMap(value) ? pairsOf(document, value) : [];
}

function schemaOf(schema: z.ZodType, key: string | number): z.ZodType | undefined {
  const { element, valueType, catchall } = schema.def as unknown as Definition;
  if (typeof key === "number") return element;
  const shape = schema instanceof z.ZodObject ? (schema.shape as Readonly<Record<string, z.ZodType>>) : {};
  return shape[key] ?? valueType ?? catchall;
}

/** Secrets of the webhook of one repository. */
const WEBHOOK_KEYS = new Set(["webhook_secret", "signing_token"]);

function kindOf(path: readonly string[]): SecretKind {
  // Below git: and server:, and beside the environments of a fraise.
  if (path[0] === "git" || path[0] === "server" || WEBHOOK_KEYS.has(path[2] ?? "")) return "webhook";
  return /(?:^|_)url$/.test(path.at(-1) ?? "") ? "url" : "whole";
}

/** Own pairs and those of every map that `<<` merges in, also where an own one hides them. */
function pairsOf(
  document: Document,
  map: YAMLMap,
  seen: ReadonlySet<YAMLMap> = new Set(),
): readonly [string, unknown][] {
  if (seen.has(map)) return [];
  const merged = mergeSources(document, map).filter(isMap);
  return [
    ...map.items.flatMap(({ key, value }): [string, unknown][] =>
      isScalar(key) && !isMergeKey(key) ? [[String(key.value), value]] : [],
    ),
    ...merged.flatMap((each) => pairsOf(document, each, new Set([...seen, map]))),
  ];
}
