import type { z } from "zod";
import type { ConfigProblem } from "../../domain/errors.ts";
import { explainKey } from "./foreign-keys.ts";
import { pathName } from "../file/locate.ts";
import type { Path } from "../file/locate.ts";
import { didYouMean } from "../file/nearest.ts";
import type { ReadDocument } from "../file/read-document.ts";

type Issue = z.core.$ZodIssue;

/** Turns zod's findings into our words, each at its place in the file. */
export function explainIssues(
  issues: readonly Issue[],
  document: ReadDocument,
  schema: z.ZodType,
): readonly ConfigProblem[] {
  return issues.flatMap((issue) => explainIssue(issue, [], document, schema));
}

function explainIssue(issue: Issue, prefix: Path, document: ReadDocument, schema: z.ZodType): readonly ConfigProblem[] {
  const path = [...prefix, ...(issue.path as Path)];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key], document, keysAt(schema, path, document.data)));
    case "invalid_union":
      return explainUnion(issue, path, document, schema);
    case "invalid_type": {
      if (path.length > 0 && valueAt(document.data, path) === undefined) return [missingKey(path, document)];
      return [document.problemAt(path, `${place(path)} must be ${words(issue.expected)}`)];
    }
    case "invalid_value": {
      const given = valueAt(document.data, path);
      const known = issue.values.map(String);
      const guess = typeof given === "string" ? didYouMean(given, known) : "";
      const words = `${place(path)} is "${String(given)}", and must be one of ${known.join(", ")}${guess}`;
      return [document.problemAt(path, words)];
    }
    case "invalid_key":
      return [
        document.problemAt(path, `"${String(path.at(-1))}": ${issue.issues[0]?.message ?? "not a name"}`, {
          atKey: true,
        }),
      ];
    default:
      return [document.problemAt(path, path.length === 0 ? issue.message : `${place(path)}: ${issue.message}`)];
  }
}

type UnionIssue = Extract<Issue, { code: "invalid_union" }>;

function explainUnion(
  issue: UnionIssue,
  path: Path,
  document: ReadDocument,
  schema: z.ZodType,
): readonly ConfigProblem[] {
  if (isUnknownForge(path, document)) return [unknownForge(path, document, keysAt(schema, ["git"], document.data))];
  if (path.length > 0 && valueAt(document.data, path) === undefined) return [missingKey(path, document)];
  // The alternative that got furthest is the one that the person meant.
  const furthest = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0];
  if (furthest !== undefined && depth(furthest) > 0) {
    return furthest.flatMap((each) => explainIssue(each, path, document, schema));
  }
  const unknown = unknownMember(issue, path, document);
  if (unknown !== undefined) return [unknown];
  const leaves = leavesOf(issue);
  const ours = leaves.find(
    (each) => (each.code === "custom" && each.message !== "Invalid input") || each.code === "too_small",
  );
  if (ours !== undefined) return [document.problemAt(path, ours.message)];
  const expected = leaves.flatMap((each) => (each.code === "invalid_type" ? [words(each.expected)] : []));
  return [
    document.problemAt(path, `${place(path)} must be ${[...new Set(expected)].join(" or ") || "something else"}`),
  ];
}

function missingKey(path: Path, document: ReadDocument): ConfigProblem {
  const parent = path.slice(0, -1);
  return document.problemAt(parent, `${place(parent)} lacks the key "${String(path.at(-1))}"`, { atKey: true });
}

function unknownKey(path: Path, document: ReadDocument, known: readonly string[]): ConfigProblem {
  const key = String(path.at(-1));
  const where = path.length === 1 ? "" : ` under ${pathName(path.slice(0, -1))}`;
  const foreign = explainKey(path);
  if (foreign !== undefined) {
    return document.problemAt(path, `"${key}"${where}: ${foreign.message}`, {
      atKey: true,
      severity: foreign.severity,
    });
  }
  return document.problemAt(
    path,
    `unknown key "${key}"${where}${didYouMean(key, known, `; known: ${known.join(", ")}`)}`,
    { atKey: true },
  );
}

/** A key below `git:` that is no forge, and does not say which forge it is an instance of. */
function isUnknownForge(path: Path, { data }: ReadDocument): boolean {
  return path.length === 3 && path[0] === "git" && path[2] === "provider" && valueAt(data, path) === undefined;
}

function unknownForge(path: Path, document: ReadDocument, known: readonly string[]): ConfigProblem {
  const problem = unknownKey(path.slice(0, 2), document, known);
  const instance = "an instance under a name of its own says which forge it is (provider: gitea)";
  return { ...problem, message: `${problem.message}; ${instance}` };
}

/** `manager: systmd`: the word that chooses the alternative is none of ours. */
function unknownMember(issue: UnionIssue, path: Path, document: ReadDocument): ConfigProblem | undefined {
  const { discriminator, options } = issue as { discriminator?: string; options?: readonly unknown[] };
  if (discriminator === undefined) return undefined;
  const at = path.at(-1) === discriminator ? path : [...path, discriminator];
  const value = valueAt(document.data, at);
  if (value === undefined) return missingKey(at, document);
  const given = typeof value === "string" ? value : JSON.stringify(value);
  return document.problemAt(at, unknownWord(at, given, (options ?? []).map(String)));
}

/** The message about a word that should choose one of a family, and names none of them. */
export function unknownWord(path: Path, given: string, known: readonly string[]): string {
  const foreign = explainKey([given]);
  if (foreign !== undefined) return `${place(path)} "${given}": ${foreign.message}`;
  const words = `${place(path)} is "${given}", and must be ${known.length > 1 ? "one of " : ""}${known.join(", ")}`;
  return `${words}${didYouMean(given, known)}`;
}

/** The complaints of each alternative of a union about a value, alternatives within alternatives included. */
function leavesOf(issue: Issue): readonly Issue[] {
  return issue.code === "invalid_union" ? issue.errors.flat().flatMap(leavesOf) : [issue];
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === "unrecognized_keys" ? 1 : 0)));
}

function place(path: Path): string {
  return path.length === 0 ? "the file" : pathName(path);
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  object: "a map",
  array: "a list",
  record: "a map",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
};

function words(expected: string): string {
  return WORDS[expected] ?? expected;
}

function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** The keys that are known at a place: walks the schema as the path walks the data. */
function keysAt(schema: z.ZodType, path: Path, data: unknown): readonly string[] {
  let candidates: readonly unknown[] = [schema];
  let value = data;
  for (const part of path) {
    candidates = candidates
      .flatMap((each) => insideOf(each))
      .filter((each) => isMeant(each, value))
      .flatMap((each) => childOf(each, part));
    value = typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[part] : undefined;
  }
  const objects = candidates
    .flatMap((each) => insideOf(each))
    .filter((each) => typeOf(each) === "object" && isMeant(each, value));
  // A record whose keys are words: `phase_timeouts`.
  const words = candidates
    .flatMap((each) => insideOf(each))
    .flatMap((each) => (typeOf(each) === "record" ? wordsOf(definitionOf(each).keyType) : []));
  return [...new Set([...objects.flatMap((each) => Object.keys((each as z.ZodObject).shape)), ...words])];
}

function wordsOf(keys: unknown): readonly string[] {
  return typeOf(keys) === "enum" ? Object.keys((keys as z.ZodEnum).enum) : [];
}

/** An alternative for another word does not help: the keys of `type: etl` mean nothing to `type: api`. */
function isMeant(schema: unknown, value: unknown): boolean {
  if (typeOf(schema) !== "object" || typeof value !== "object" || value === null) return true;
  return Object.entries((schema as z.ZodObject).shape).every(
    ([key, field]) =>
      typeOf(field) !== "literal" ||
      definitionOf(field).values?.includes((value as Record<string, unknown>)[key]) !== false,
  );
}

interface Definition {
  readonly type: string;
  readonly innerType?: unknown;
  readonly in?: unknown;
  readonly options?: readonly unknown[];
  readonly element?: unknown;
  readonly valueType?: unknown;
  readonly keyType?: unknown;
  /** The schema of the values that an object takes under names it does not know. */
  readonly catchall?: unknown;
  /** The values that a literal allows. */
  readonly values?: readonly unknown[];
}

function definitionOf(schema: unknown): Definition {
  return (schema as { def: Definition }).def;
}

function typeOf(schema: unknown): string {
  return definitionOf(schema).type;
}

/** Through wrappers (optional, default, transform) and into unions. */
function insideOf(schema: unknown): readonly unknown[] {
  const definition = definitionOf(schema);
  if (definition.innerType !== undefined) return insideOf(definition.innerType);
  if (definition.type === "pipe") return insideOf(definition.in);
  if (definition.options !== undefined) return definition.options.flatMap(insideOf);
  return [schema];
}

function childOf(schema: unknown, part: string | number): readonly unknown[] {
  const definition = definitionOf(schema);
  if (definition.type === "object") {
    const child: unknown = (schema as z.ZodObject).shape[part] ?? definition.catchall;
    return child === undefined || typeOf(child) === "never" ? [] : [child];
  }
  const inside = definition.type === "array" ? definition.element : definition.valueType;
  return inside === undefined ? [] : [inside];
}
