import { families as ours } from "../src/compose/app.ts";
import type { Families } from "../src/config/families.ts";
import { configJsonSchema } from "../src/config/keys/json-schema.ts";

type Scalar = string | number | boolean;

/** What of a JSON Schema is looked at. */
export interface Schema {
  readonly title?: string;
  /** `type: etl` for what only that kind of map has: ours, while kinds are put together. */
  readonly "x-kind"?: string;
  readonly examples?: readonly Scalar[];
  readonly description?: string;
  readonly type?: string;
  readonly const?: Scalar;
  readonly enum?: readonly Scalar[];
  readonly default?: Scalar | object | null;
  readonly "x-default"?: string;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly required?: readonly string[];
}

export interface Key {
  /** `*` stands for a name that people choose. */
  readonly path: readonly string[];
  readonly schema: Schema;
  readonly isRequired: boolean;
  /** The kinds (`type`, `manager`, …) that have it; empty where all do, or all of many but one, which says itself which few keys it has. */
  readonly only: readonly string[];
  /** What counts where it is left out, in words; of each kind, where they differ. */
  readonly otherwise: string;
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  boolean: "true or false",
  object: "map",
};

/** Names of the `*` in a path, one after the other. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  git: ["<instance>"],
  fraises: ["<fraise>", "<environment>", "<job>", "<name>"],
  branch_mapping: ["<branch>"],
};

/** Every key of fraises.yaml, in the order of the schema. */
export function configurationKeys(families: Families = ours): readonly Key[] {
  return keysBelow(configJsonSchema(families), []);
}

function keysBelow(schema: Schema, path: readonly string[]): readonly Key[] {
  const all = variants(schema);
  const maps = all.filter(({ properties }) => properties !== undefined);
  const names = [...new Set(maps.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const named = names.flatMap((name): readonly Key[] => {
    const having = maps.filter(({ properties = {} }) => Object.hasOwn(properties, name));
    const key: Key = {
      path: [...path, name],
      schema: merge(having.map((map) => [map.properties?.[name] ?? {}, kindOf(map, maps)])),
      otherwise: ofKinds(
        having.map(({ properties = {}, required = [], ...map }) => [
          required.includes(name) ? "required" : defaultOf(properties[name] ?? {}),
          kindOf({ ...map, properties }, maps),
        ]),
      ),
      isRequired: having.every(({ required = [] }) => required.includes(name)),
      only:
        having.length === maps.length || (maps.length > 4 && having.length === maps.length - 1)
          ? []
          : having.flatMap((map) => kindOf(map, maps) ?? []),
    };
    return [key, ...keysBelow(key.schema, key.path)];
  });
  const free = all.flatMap(({ additionalProperties, "x-kind": kind }) =>
    typeof additionalProperties === "object" ? [[additionalProperties, kind] as const] : [],
  );
  return [...named, ...(free.length === 0 ? [] : keysBelow(merge(free), [...path, "*"]))];
}

/** The alternatives of a schema, alternatives within them and items of lists included. */
function variants(schema: Schema): readonly Schema[] {
  const { anyOf = [], oneOf = [], items, "x-kind": kind } = schema;
  const inside = [...anyOf, ...oneOf].filter((each) => !isShortForm(each, anyOf));
  if (items !== undefined) inside.push(items);
  return [schema, ...inside.flatMap((each) => variants(kind === undefined ? each : { "x-kind": kind, ...each }))];
}

/** A list that stands for a map with this list in it: its keys are those of the map. */
function isShortForm({ items }: Schema, others: readonly Schema[]): boolean {
  const text = JSON.stringify(items);
  return (
    items !== undefined &&
    others.some(({ properties = {} }) => Object.values(properties).some((each) => JSON.stringify(each.items) === text))
  );
}

/** The same key in several kinds of map: one schema where they agree, else alternatives that know their kind. */
function merge(schemas: readonly (readonly [Schema, string | undefined])[]): Schema {
  const texts = new Set(schemas.map(([schema]) => JSON.stringify(schema)));
  const [first] = schemas;
  if (first === undefined || texts.size === 1) return first?.[0] ?? {};
  const description = ofKinds(schemas.map(([schema, kind]) => [schema.description ?? "", kind]));
  const anyOf = schemas.map(([schema, kind]) => (kind === undefined ? schema : { ...schema, "x-kind": kind }));
  return { ...(description === "" ? {} : { description }), anyOf };
}

/** One text where all kinds have the same, else each behind its kinds: `` `type: sql`: the database ``. */
function ofKinds(texts: readonly (readonly [text: string, kind: string | undefined])[]): string {
  const said = [...Map.groupBy(texts, ([text]) => text)].toSorted(([, a], [, b]) => a.length - b.length);
  if (said.length < 2 || texts.some(([, kind]) => kind === undefined))
    return texts.find(([text]) => text !== "")?.[0] ?? "";
  return said
    .flatMap(([text, own], index) => {
      if (text === "") return [];
      const isMost = index === said.length - 1 && own.length > 2;
      const names = isMost ? "others" : own.map(([, kind]) => `\`${kind}\``).join(", ");
      return [`${names}: ${text.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase())}`];
    })
    .join("; ");
}

function defaultOf(schema: Schema): string {
  if (schema["x-default"] !== undefined) return schema["x-default"];
  const value = schema.default;
  if (Array.isArray(value)) return value.length === 0 ? "none" : `\`${JSON.stringify(value)}\``;
  // Of maps, each key says its own.
  if (value === undefined || value === null || value === "" || typeof value === "object") return "";
  return `\`${String(value)}\``;
}

/** `manager: systemd` for the map whose `manager` can only be that. */
function kindOf(map: Schema, all: readonly Schema[]): string | undefined {
  if (all.length < 2) return map["x-kind"];
  const name = Object.keys(map.properties ?? {}).find((key) =>
    all.every((each) => each.properties?.[key]?.const !== undefined),
  );
  return name === undefined ? map["x-kind"] : `${name}: ${String(map.properties?.[name]?.const)}`;
}

/** `fraises.<fraise>.environments.<environment>.branch`. */
export function keyName(path: readonly string[]): string {
  const names = [...(NAMES[path[0] ?? ""] ?? [])];
  return path.map((part) => (part === "*" ? (names.shift() ?? "<name>") : part)).join(".");
}

/** The kinds of values it takes, in words. */
export function typesOf(schema: Schema): readonly string[] {
  if (schema.title !== undefined) return [schema.title];
  const inside = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  if (inside.length > 0) return inside.flatMap(typesOf);
  // Empty text is text.
  if (schema.const === "") return [WORDS["string"] ?? ""];
  if (schema.const !== undefined) return [`\`${String(schema.const)}\``];
  if (schema.enum !== undefined) return schema.enum.map((each) => `\`${String(each)}\``);
  if (schema.items !== undefined) return [`list of ${[...new Set(typesOf(schema.items))].join(" or ")}`];
  return [WORDS[schema.type ?? ""] ?? schema.type ?? "anything"];
}

/** Its keys speak for themselves. */
export function isMapOnly(schema: Schema): boolean {
  return typesOf(schema).every((type) => type === "map" || type === "list of map");
}
