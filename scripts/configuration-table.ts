import { exampleFor, examplesOf } from "./configuration-examples.ts";
import { configurationKeys, keyName, typesOf } from "./configuration-keys.ts";
import type { Key } from "./configuration-keys.ts";

/** The tables, as Markdown. @param reference the text of the reference fraises.yaml, where the examples come from. */
export function configurationTables(reference: string): string {
  const examples = examplesOf(reference);
  const keys = configurationKeys();
  const environment = "fraises.*.environments.*";
  const sections = new Map<string, Key[]>();
  for (const key of keys) {
    const section = sectionOf(key.path);
    // What a fraise may say for all of its environments stands there once.
    if (section === environment && keys.some((other) => isSameOfFraise(other, key))) continue;
    sections.set(section, [...(sections.get(section) ?? []), key]);
  }
  return [...sections]
    .map(([section, own]) => {
      const head = section === "" ? "At the top" : `\`${keyName(section.split("."))}\``;
      const rows = own.map((key) => row(key, section, examples, keys));
      return `### ${head}\n\n| Key | Type | Default | Meaning | Example |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
    })
    .join("\n");
}

/** The longest map with names of people's own that it stands in, else its first key where that is a map. */
function sectionOf(path: readonly string[]): string {
  const star = path.lastIndexOf("*", path.length - 2);
  if (star !== -1) return path.slice(0, star + 1).join(".");
  return path.length === 1 ? "" : (path[0] ?? "");
}

function isSameOfFraise(other: Key, key: Key): boolean {
  const tail = key.path.slice(4).join(".");
  return (
    other.path[0] === "fraises" &&
    other.path.slice(2).join(".") === tail &&
    JSON.stringify(other.schema) === JSON.stringify(key.schema)
  );
}

function row(key: Key, section: string, examples: ReadonlyMap<string, string>, keys: readonly Key[]): string {
  const depth = section === "" ? 0 : section.split(".").length;
  const name = `\`${keyName(key.path.slice(depth))}\``;
  const both =
    section === "fraises.*" && keys.some((other) => other.path[2] === "environments" && isSameOfFraise(key, other));
  const mark = both && key.path.length === 3 ? " ¹" : "";
  const example = exampleFor(key, examples);
  const meaning = key.schema.description ?? "";
  const isSaid = key.only.every((kind) => meaning.includes(`\`${kind}\``));
  const only = isSaid ? "" : ` (${key.only.map((each) => `\`${each}\``).join(", ")})`;
  const cells = [
    `${name}${mark}`,
    [...new Set(typesOf(key.schema))].join(" or "),
    key.otherwise,
    `${meaning.slice(0, 1).toUpperCase()}${meaning.slice(1)}${only}`,
    example === undefined ? "" : `\`${example}\``,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}
