import type { Document, ScalarTag, Tags } from "yaml";
import { parseDocument, visit } from "yaml";
import { diffArrays } from "diff";
import { UsageError } from "../../domain/errors.ts";

const NUMBERS: ReadonlySet<string> = new Set(["tag:yaml.org,2002:int", "tag:yaml.org,2002:float"]);

/**
 * Another text of a fraises.yaml after a change to its data. Comments, order, quotes and layout of everything else stay: the document is written out
 * before and after the change, and only the lines that differ between the two are carried over into the text as it was.
 */
export function editText(text: string, change: (document: Document) => void): string {
  const old = text.replaceAll("\r\n", "\n");
  const document = parseDocument(old, PARSING);
  // This text does not come from the document, as writing a document out changes its layout.
  const before = written(parseDocument(old, PARSING));
  change(document);
  refuseLostAnchors(document, old);
  const after = written(document);
  const merged = carryOver(lines(text), lines(before), lines(after)).join("\n");
  // A document with the layout of the old text, or else in the plain layout.
  const isSame =
    written(parseDocument(merged.replaceAll("\r\n", "\n"), PARSING)) === written(parseDocument(after, PARSING));
  if (isSame) return merged;
  return text.includes("\r\n") ? after.replaceAll("\n", "\r\n") : after;
}

/** @throws UsageError if the change removed the anchor of an alias that is left: its meaning would be unknown. */
function refuseLostAnchors(document: Document, old: string): void {
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return;
      const line = lines(old.slice(0, node.range?.[0] ?? 0)).length;
      throw new UsageError(`this would take away &${node.source}, which *${node.source} in line ${line} stands for`, {
        hint: `Write out what *${node.source} means in line ${line} first; nothing was written.`,
      });
    },
  });
}

/** A value of a command line: YAML if it looks like YAML, plain text otherwise. Numbers keep all their digits. */
export function valueNode(text: string): unknown {
  const isYaml = /^[[{"'!]/.test(text) || /^(?:true|false|-?\d+(?:\.\d+)?)$/.test(text);
  if (!isYaml) return text;
  const { contents, errors } = parseDocument(text, { ...PARSING, intAsBigInt: true });
  return errors.length > 0 || contents === null ? text : contents;
}

/** Tags that fraises.yaml has keep their place and their text, numbers their digits. */
const PARSING = {
  uniqueKeys: true,
  merge: false,
  customTags: (tags: Tags): Tags => [
    ...tags.map((tag) => (typeof tag === "object" && NUMBERS.has(tag.tag) ? asWritten(tag) : tag)),
    ...["!envvar", "!file"].map((tag) => ({ tag, resolve: (value: string) => value })),
  ],
};

/** More digits than a double has are written out as they were read. */
function asWritten<Tag extends Exclude<Tags[number], string>>(tag: Tag): Tag {
  const stringify: ScalarTag["stringify"] = (node, ...rest) =>
    node.source ?? (tag as ScalarTag).stringify?.(node, ...rest) ?? String(node.value);
  return { ...tag, stringify };
}

function written(document: Document): string {
  return document.errors.length > 0 ? "" : document.toString({ lineWidth: 0 });
}

function lines(text: string): string[] {
  return text.split("\n");
}

/** Lines between two lines that all three texts have come from the old text, unless the change touched them. Lines keep the end they had. */
function carryOver(old: string[], before: string[], after: string[]): readonly string[] {
  const inOld = matches(before.map(withoutSpaces), old.map(withoutSpaces));
  const inAfter = matches(before, after);
  const result: string[] = [];
  let [o, b, a] = [0, 0, 0];
  const gap = (toOld: number, toBefore: number, toAfter: number): void => {
    const changed = after.slice(a, toAfter);
    const isSame = before.slice(b, toBefore).join("\n") === changed.join("\n") && toBefore - b === changed.length;
    // A new line ends like the one it stands behind, or takes the place of.
    const end = (result.at(-1) ?? old[o])?.endsWith("\r") === true ? "\r" : "";
    result.push(...(isSame ? old.slice(o, toOld) : changed.map((line) => line + end)));
  };
  for (const index of before.keys()) {
    const [atOld, atAfter] = [inOld.get(index), inAfter.get(index)];
    if (atOld === undefined || atAfter === undefined) continue;
    gap(atOld, index, atAfter);
    // The line as it was written: only its spaces may differ.
    result.push(...old.slice(atOld, atOld + 1));
    [o, b, a] = [atOld + 1, index + 1, atAfter + 1];
  }
  gap(old.length, before.length, after.length);
  return result;
}

/** `[a, b]` and `[ a, b ]` are the same line. */
function withoutSpaces(line: string): string {
  return line.replaceAll(/\s+/g, "");
}

/** Pairs the lines of one text with those of another. */
function matches(from: string[], to: string[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  let [f, t] = [0, 0];
  for (const { added, removed, count } of diffArrays(from, to)) {
    if (!added && !removed) for (let index = 0; index < count; index++) found.set(f + index, t + index);
    if (!added) f += count;
    if (!removed) t += count;
  }
  return found;
}
