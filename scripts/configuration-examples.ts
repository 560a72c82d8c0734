import { isMap, isScalar, isSeq, parseDocument, stringify } from "yaml";
import type { Node } from "yaml";
import { isMapOnly } from "./configuration-keys.ts";
import type { Key } from "./configuration-keys.ts";

/** Maps whose keys are names that people choose. */
const FREE = new Set(["fraises", "fraises.*.environments", "fraises.*.environments.*.jobs", "branch_mapping"]);

/** What stands in the reference, by path (`fraises.*.environments.*.branch`), the first of each. */
export function examplesOf(reference: string): ReadonlyMap<string, string> {
  const tags = ["!envvar", "!file"].map((tag) => ({ tag, resolve: (value: string) => value }));
  const document = parseDocument(reference, { customTags: tags });
  const found = new Map<string, string>();
  const collect = (node: unknown, path: readonly string[]): void => {
    if (isSeq(node)) for (const item of node.items) collect(item, path);
    if (!isMap(node)) return;
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.value) : String(key);
      const place = path.join(".");
      // Beside the forges, people name instances of them as they like.
      const isInstance = place === "git" && isMap(value) && value.has("provider");
      const isFree = isInstance || FREE.has(place);
      const own = [...path, isFree ? "*" : name];
      const text = exampleText(value as Node | null, reference);
      if (text !== undefined && !isFree && !found.has(own.join("."))) found.set(own.join("."), text);
      collect(value, own);
    }
  };
  collect(document.contents, []);
  return found;
}

/** As it is written, where it fits into a line. */
function exampleText(node: Node | null, reference: string): string | undefined {
  if (node?.range === undefined || node.range === null) return undefined;
  const tag = isScalar(node) && node.tag?.startsWith("!") === true ? `${node.tag} ` : "";
  const text = tag + reference.slice(node.range[0], node.range[1]);
  const line = text.includes("\n")
    ? isMap(node)
      ? ""
      : stringify(node, { collectionStyle: "flow", lineWidth: 0 }).trim()
    : text;
  return line === "" || line.length > 60 ? undefined : line;
}

/** At its own place, else beside its fraise or environment, else the schema's own, else wherever in `fraises` a key of that name stands. */
export function exampleFor({ path, schema }: Key, examples: ReadonlyMap<string, string>): string | undefined {
  const isOfFraise = path[0] === "fraises";
  const tail = path.slice(path[2] === "environments" ? 4 : 2).join(".");
  const places = [path.join("."), ...(isOfFraise ? [`fraises.*.${tail}`, `fraises.*.environments.*.${tail}`] : [])];
  const exact = places.map((place) => examples.get(place)).find((each) => each !== undefined);
  if (exact !== undefined) return exact;
  if (schema.examples?.[0] !== undefined) return String(schema.examples[0]);
  if (!isOfFraise || isMapOnly(schema)) return undefined;
  const name = path.at(-1) ?? "";
  return [...examples].find(([place]) => place.startsWith("fraises.") && place.endsWith(`.${name}`))?.[1];
}
