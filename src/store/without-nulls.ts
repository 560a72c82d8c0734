type WithoutNulls<Row> = {
  [Column in keyof Row]: null extends Row[Column] ? Exclude<Row[Column], null> | undefined : Row[Column];
};

/** A row with `undefined` in place of each null, as values outside of the store have it. */
export function withoutNulls<Row extends object>(row: Row): WithoutNulls<Row> {
  const entries = Object.entries(row).map(([column, value]: [string, unknown]) => [column, value ?? undefined]);
  return Object.fromEntries(entries) as WithoutNulls<Row>;
}
