import type { Alias, Document, Node, Scalar, YAMLMap } from "yaml";
import { Composer, LineCounter, Parser, isAlias, isMap, isPair, isScalar, isSeq, visit } from "yaml";
import type { ConfigProblem } from "../../domain/errors.ts";
import { Reference } from "../keys/fields.ts";
import { locate } from "./locate.ts";
import type { Place } from "./locate.ts";
import type { Path } from "./locate.ts";
import { isMergeKey, mergeSources, nodeAt } from "./merge-keys.ts";
import type { Source } from "../secrets/secrets.ts";
import { messageOf } from "../../domain/message-of.ts";

/** More than any person writes; an attacker's or an accident's file is not worth parsing. */
const MAX_BYTES = 1_048_576;
const MAX_ALIASES = 100;
/** The parser goes on after each error, and needs longer for each; the first few say what is wrong. */
const MAX_ERRORS = 20;

export interface ReadDocument {
  /** Plain data with Reference objects in it; undefined where the text is no YAML. */
  readonly data: unknown;
  readonly problems: readonly ConfigProblem[];
  /** The place of the first scalar with this text. */
  placeOfText(text: string): Place | undefined;
  /** Whether the file has something at this place. */
  has(path: Path): boolean;
  /** A problem at a place in the data. */
  problemAt(path: Path, message: string, more?: { atKey?: boolean; severity?: "error" | "warning" }): ConfigProblem;
}

/** The documents of a text, as far as its first errors. */
function composed(text: string, counter: LineCounter): readonly Document[] {
  const composer = new Composer({ uniqueKeys: false, merge: true, customTags: [tag("!envvar"), tag("!file")] });
  const documents: Document[] = [];
  let errors = 0;
  for (const token of new Parser(counter.addNewLine).parse(text)) {
    documents.push(...composer.next(token));
    if (token.type === "error" && ++errors === MAX_ERRORS) break;
  }
  return [...documents, ...composer.end()];
}

/** Takes a problem of the text: where it begins, and what it is. */
type Complain = (offset: number, message: string) => void;

/** Text to data, with the way back from each value to its line and column. */
export function readDocument(text: string, file: string): ReadDocument {
  const counter = new LineCounter();
  const problems: ConfigProblem[] = [];
  const complain: Complain = (offset, message) => {
    const { line, col } = counter.linePos(offset);
    problems.push({ file, line: Math.max(1, line), column: Math.max(1, col), path: "", message, severity: "error" });
  };
  const document = parse(text, counter, complain);
  if (problems.length > 0) return withoutPlaces(file, problems, undefined);
  // A file of comments alone is a new installation.
  if (document === undefined) return withoutPlaces(file, problems, {});
  const nodes = nodesOf(document);
  markReferences(nodes, (offset, source) => {
    const { line, col } = counter.linePos(offset);
    return new Reference(source, { file, line, column: col, path: "" });
  });
  for (const check of [checkKeys, checkAliasCount, checkAliases, checkMerges]) {
    check(nodes, complain, counter);
    if (problems.length > 0) return withoutPlaces(file, problems, undefined);
  }
  try {
    return {
      data: document.toJS({ maxAliasCount: MAX_ALIASES }),
      problems,
      has: (path) => nodeAt(document, path) !== undefined,
      placeOfText: (wanted) => placeOfText(document, counter, wanted),
      problemAt: (path, message, { atKey = false, severity = "error" } = {}) => ({
        file,
        ...locate(document, counter, path, atKey),
        path: path.join("."),
        message,
        severity,
      }),
    };
  } catch (error) {
    complain(0, messageOf(error));
    return withoutPlaces(file, problems, undefined);
  }
}

/** The nodes of a document by what they are, in the order of the text. */
interface Nodes {
  readonly document: Document;
  readonly maps: readonly YAMLMap[];
  /** The maps into which `<<` merges other maps. */
  readonly merging: readonly YAMLMap[];
  readonly aliases: readonly Alias[];
  /** Scalars that are no keys. */
  readonly values: readonly Scalar[];
}

/** Goes through the document once: a large file has tens of thousands of nodes, and `visit()` makes a list of ancestors for each. */
function nodesOf(document: Document): Nodes {
  const maps: YAMLMap[] = [];
  const merging = new Set<YAMLMap>();
  const aliases: Alias[] = [];
  const values: Scalar[] = [];
  const look = (node: unknown, isKey: boolean): void => {
    if (isScalar(node)) {
      if (!isKey) values.push(node);
    } else if (isPair(node)) {
      look(node.key, true);
      look(node.value, false);
    } else if (isMap(node)) {
      maps.push(node);
      for (const { key, value } of node.items) {
        if (isMergeKey(key)) merging.add(node);
        look(key, true);
        look(value, false);
      }
    } else if (isSeq(node)) {
      for (const item of node.items) look(item, false);
    } else if (isAlias(node)) aliases.push(node);
  };
  look(document.contents, false);
  return { document, maps, merging: [...merging], aliases, values };
}

/** For a text that holds no data, of which nobody asks for places. */
function withoutPlaces(file: string, problems: readonly ConfigProblem[], data: unknown): ReadDocument {
  return {
    data,
    problems,
    has: () => false,
    placeOfText: () => undefined,
    problemAt: (_path, message) => ({ file, line: 1, column: 1, path: "", message, severity: "error" }),
  };
}

/** The one document of the text; undefined if the text has none, or if there was something to complain of. */
function parse(text: string, counter: LineCounter, complain: Complain): Document | undefined {
  const nul = text.indexOf("\0");
  if (text.length > MAX_BYTES) complain(0, `the file is larger than ${MAX_BYTES} bytes`);
  else if (nul >= 0) {
    counter.addNewLine(0);
    for (const { index } of text.slice(0, nul).matchAll(/\n/g)) counter.addNewLine(index + 1);
    complain(nul, "the file has a NUL character: it is no text");
  } else {
    const [document, second] = composed(text, counter);
    // A file without any text was truncated by accident, and must not remove every target.
    if (document === undefined && text.trim() === "") complain(0, "the file is empty");
    if (second !== undefined) complain(second.range?.[0] ?? 0, "a single document is expected: remove the ---");
    if (document !== undefined) complainOfErrors(document, complain);
    return document;
  }
  return undefined;
}

/** Past the first few errors, the parser only stumbles over its own confusion. */
function complainOfErrors({ errors, warnings }: Document, complain: Complain): void {
  for (const { pos, message } of [...errors, ...warnings].slice(0, 3)) complain(pos[0], sentence(message));
}

/** Complains of keys that stand twice in one map. The parser would compare each key with each other one. */
function checkKeys({ maps }: Nodes, complain: Complain, counter: LineCounter): void {
  for (const map of maps) {
    const first = new Map<unknown, number>();
    for (const { key } of map.items) {
      if (!isScalar(key) || isMergeKey(key)) continue;
      const offset = key.range?.[0] ?? 0;
      const before = first.get(key.value);
      if (before === undefined) first.set(key.value, offset);
      else complain(offset, `the key ${String(key.value)} is set in line ${counter.linePos(before).line} already`);
    }
  }
}

/** Counts aliases before any is resolved: each one is looked for in the whole document. */
function checkAliasCount({ aliases }: Nodes, complain: Complain): void {
  if (aliases.length > MAX_ALIASES) complain(0, `${aliases.length} aliases are too many`);
}

function checkAliases({ document, aliases }: Nodes, complain: Complain): void {
  for (const alias of aliases) {
    if (alias.resolve(document) === undefined)
      complain(alias.range?.[0] ?? 0, `the alias *${alias.source} has no anchor above it`);
  }
}

function checkMerges({ document, merging }: Nodes, complain: Complain): void {
  for (const map of merging) {
    if (mergeSources(document, map).every(isMap)) continue;
    for (const { value } of map.items.filter(({ key }) => isMergeKey(key))) {
      const offset = (value as Node | null)?.range?.[0] ?? 0;
      complain(offset, "<< merges a map or a list of maps, and this is neither: write *NAME of an anchor &NAME");
    }
  }
}

/** A scalar that stays what it is until markReferences sees it. */
function tag(name: string): { tag: string; resolve: (value: string) => string } {
  return { tag: name, resolve: (value) => value };
}

function placeOfText(document: Document, counter: LineCounter, text: string): Place | undefined {
  let offset: number | undefined;
  visit(document, {
    Scalar(_key, node) {
      if (node.value !== text) return undefined;
      offset = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  if (offset === undefined) return undefined;
  const { line, col } = counter.linePos(offset);
  return { line, column: col };
}

/** Replaces values that name variables or files by References that know their place. */
function markReferences({ values }: Nodes, reference: (offset: number, source: Source) => Reference): void {
  for (const node of values) {
    if (typeof node.value !== "string") continue;
    const source = sourceOf(node as Scalar<string>);
    if (source !== undefined) node.value = reference(node.range?.[0] ?? 0, source);
  }
}

function sourceOf(node: Scalar<string>): Source | undefined {
  if (node.tag === "!envvar") return { kind: "variable", name: node.value };
  if (node.tag === "!file") return { kind: "file", path: node.value };
  return node.value.includes("${") && /\$\{[A-Za-z_]\w*\}/.test(node.value)
    ? { kind: "text", text: node.value }
    : undefined;
}

/** The parser's message without its own "at line 1, column 2" and picture: the place stands in front of ours. */
function sentence(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
}
