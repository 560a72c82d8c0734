/** Each version of a repository brings one migration, which makes the table `step_VERSION`: so a database says which version it belongs to. */
export function stepMigration(version: number): Readonly<Record<string, string>> {
  const id = String(version).padStart(4, "0");
  return {
    [`migrations/${id}_step.sql`]: `-- migrate:up\ncreate table step_${version} (a integer);\n-- migrate:down\ndrop table step_${version};\n`,
  };
}

/** The version that a database belongs to, or how its tables and fraisier's record in it contradict each other. */
export function stepVersion({
  tables,
  recorded,
}: {
  readonly tables: readonly string[];
  readonly recorded: readonly string[];
}): string {
  const [made, known] = [tables, recorded].map((names) =>
    names.map((name) => Number(/\d+/.exec(name)?.[0])).toSorted((a, b) => a - b),
  );
  if (made === undefined || known === undefined) return "";
  const isWhole = made.every((version, index) => version === index + 1) && made.join() === known.join();
  return isWhole
    ? String(made.length)
    : `unclear: it has the tables ${made.join(" ")}, and on record ${known.join(" ")}`;
}
