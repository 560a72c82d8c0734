/** Rows of CSV as psql and sqlite3 print it. A text that is not CSV is one field, for a message to show. */
export async function parseCsv(text: string): Promise<readonly (readonly string[])[]> {
  // Only a check of a database needs it, and every command loads the checks.
  const { CsvError, parse } = await import("csv-parse/sync");
  try {
    return parse(text, { record_delimiter: ["\r\n", "\n"], relax_column_count: true });
  } catch (error) {
    if (error instanceof CsvError) return [[text]];
    throw error;
  }
}
