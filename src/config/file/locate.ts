import type { Document, LineCounter, Node } from "yaml";
import { isMap, isPair, isSeq } from "yaml";
import { pairOf } from "./merge-keys.ts";

export interface Place {
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

export type Path = readonly (string | number)[];

/** From a place in the data to one in the text: the value's, or the key's own when `atKey`; the nearest parent where the path ends early. */
export function locate(document: Document, counter: LineCounter, path: Path, atKey = false): Place {
  let node: unknown = document.contents;
  let offset = offsetOf(node);
  for (const [index, part] of path.entries()) {
    const isLast = index === path.length - 1;
    if (isMap(node)) {
      const pair = pairOf(document, node, part);
      if (pair === undefined) break;
      offset = (isLast && atKey) || pair.value === null ? offsetOf(pair.key) : offsetOf(pair.value);
      node = pair.value;
    } else if (isSeq(node) && typeof part === "number") {
      const item: unknown = node.items[part];
      if (item === undefined || isPair(item)) break;
      node = item;
      offset = offsetOf(node);
    } else break;
  }
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function offsetOf(node: unknown): number {
  return (node as Node | null | undefined)?.range?.[0] ?? 0;
}

/** `fraises.api.environments.production`, `branch_mapping.main[1]`. */
export function pathName(path: Path): string {
  return path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`))
    .join("")
    .replace(/^\./, "");
}
