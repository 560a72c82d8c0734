import { isAlias, isMap, isScalar, isSeq } from "yaml";
import type { Document, Pair, YAMLMap } from "yaml";

/** A pair of a map: its own, else one of the maps that `<<` merges into it, the first map first. */
export function pairOf(document: Document, map: YAMLMap, key: string | number): Pair | undefined {
  return ownPair(map, key) ?? mergedPair(document, map, key);
}

/** A pair that a map has only because `<<` merges it. */
function mergedPair(
  document: Document,
  map: YAMLMap,
  key: string | number,
  seen: ReadonlySet<YAMLMap> = new Set(),
): Pair | undefined {
  if (ownPair(map, key) !== undefined || seen.has(map)) return undefined;
  for (const source of mergeSources(document, map).filter(isMap)) {
    const found = ownPair(source, key) ?? mergedPair(document, source, key, new Set([...seen, map]));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The maps behind the `<<` of a map, aliases followed; only maps can be merged. */
export function mergeSources(document: Document, map: YAMLMap): readonly unknown[] {
  return map.items
    .filter(({ key }) => isMergeKey(key))
    .flatMap(({ value }) => {
      const resolved = resolveAlias(document, value);
      return isSeq(resolved) ? resolved.items.map((item) => resolveAlias(document, item)) : [resolved];
    });
}

/** The node that a place in the data comes from, through aliases and merges; undefined for a place that is not there. */
export function nodeAt(document: Document, path: readonly (string | number)[]): unknown {
  let node: unknown = document.contents;
  for (const part of path) {
    const inside = resolveAlias(document, node);
    if (isMap(inside)) node = pairOf(document, inside, part)?.value;
    else if (isSeq(inside) && typeof part === "number") node = inside.items[part];
    else return undefined;
    if (node === undefined) return undefined;
  }
  return node;
}

/** The parser makes a symbol of a plain `<<`; a quoted one is a key like any other. */
export function isMergeKey(key: unknown): boolean {
  if (!isScalar(key)) return false;
  const { value } = key;
  return (typeof value === "symbol" && value.description === "<<") || (value === "<<" && key.type === "PLAIN");
}

function ownPair(map: YAMLMap, key: string | number): Pair | undefined {
  return map.items.find(
    (pair) => isScalar(pair.key) && !isMergeKey(pair.key) && String(pair.key.value) === String(key),
  );
}

function resolveAlias(document: Document, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}
