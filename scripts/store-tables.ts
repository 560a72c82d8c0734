import { typedTables } from "./typed-tables.ts";
import type { TypedColumn, TypedTable } from "./typed-tables.ts";

/** Every table and view of the store with its columns: tables first, each kind in the order of the alphabet. */
export function storeTables(): string {
  const all = Object.entries(typedTables()).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const tables = all.filter(([name]) => name.startsWith("tb_"));
  const views = all.filter(([name]) => name.startsWith("v_"));
  return [
    "## Tables",
    "",
    ...tables.flatMap(([name, table]) => section(name, table)),
    "## Views",
    "",
    ...views.flatMap(([name, table]) => section(name, table)),
  ].join("\n");
}

function section(name: string, { meaning, columns }: TypedTable): readonly string[] {
  if (meaning === "") throw new Error(`${name} has no docstring above it`);
  return [
    `### ${name}`,
    "",
    meaning,
    "",
    "| column | type | meaning |",
    "| --- | --- | --- |",
    ...inOrder(Object.entries(columns)).map(
      ([column, typed]) => `| \`${column}\` | ${typeOf(typed)} | ${meaningOf(typed)} |`,
    ),
    "",
  ];
}

const TARGET: ReadonlySet<string> = new Set(["fraise", "environment", "job"]);

/** The columns that name a target come first. */
function inOrder(columns: readonly (readonly [string, TypedColumn])[]): typeof columns {
  const isOfTarget = ([name]: (typeof columns)[number]): boolean => TARGET.has(name);
  return [...columns.filter(isOfTarget), ...columns.filter((column) => !isOfTarget(column))];
}

function typeOf({ type, isNullable }: TypedColumn): string {
  return isNullable ? `${type} or null` : type;
}

function meaningOf({ meaning, words }: TypedColumn): string {
  const oneOf = words.length === 0 ? "" : `${words.map((word) => `\`${word}\``).join(", ")}.`;
  return [meaning, oneOf]
    .filter((text) => text !== "")
    .join(" ")
    .replaceAll("|", String.raw`\|`);
}
