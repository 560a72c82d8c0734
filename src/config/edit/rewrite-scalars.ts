import { isPair, isScalar, isSeq, parseDocument, visit } from "yaml";
import type { Document, Scalar } from "yaml";
import type { Path } from "../file/locate.ts";

/** The values of these tags name the place of a text. */
export const REFERENCE_TAGS: readonly string[] = ["!envvar", "!file"];

/** YAML of people, with the tags that fraises.yaml has. Errors are in `errors`. */
export function parseText(text: string): Document {
  const customTags = REFERENCE_TAGS.map((tag) => ({ tag, resolve: (value: string) => value }));
  return parseDocument(text, { logLevel: "silent", merge: true, customTags });
}

/**
 * The text of a document with other YAML in place of some of its scalars; those that `rewrite` gives undefined for stay. A scalar of several lines becomes one
 * line and empty ones, so that lines stay where they are.
 */
export function rewriteScalars(
  document: Document,
  text: string,
  rewrite: (scalar: Scalar<string>, path: Path) => string | undefined,
): string {
  const edits: { readonly from: number; readonly to: number; readonly value: string }[] = [];
  visit(document, {
    Scalar(key, scalar, ancestors) {
      const { range, value, tag } = scalar;
      if (key === "key" || !range || typeof value !== "string" || REFERENCE_TAGS.includes(tag ?? "")) return;
      const rewritten = rewrite(scalar as Scalar<string>, pathOf([...ancestors, scalar]));
      if (rewritten !== undefined) edits.push({ from: range[0], to: range[1], value: rewritten });
    },
  });
  let result = text;
  for (const { from, to, value } of edits.toReversed()) {
    const lines = result.slice(from, to).split("\n").length - 1;
    result = result.slice(0, from) + value + "\n".repeat(lines) + result.slice(to);
  }
  return result;
}

/** The path to the last of these nodes. Each node is inside the one before it. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, index): (string | number)[] => {
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    return isSeq(node) ? [node.items.indexOf(nodes[index + 1])] : [];
  });
}
