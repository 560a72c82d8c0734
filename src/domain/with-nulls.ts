type WithNulls<Document> = {
  [Key in keyof Document]: undefined extends Document[Key] ? Exclude<Document[Key], undefined> | null : Document[Key];
};

/** A document for JSON with `null` in place of each `undefined`: a reader finds the same keys in each of them. Looks at the document itself only. */
export function withNulls<Document extends object>(document: Document): WithNulls<Document> {
  const values = { ...document } as Record<string, unknown>;
  for (const key of Object.keys(values)) values[key] ??= null;
  return values as WithNulls<Document>;
}
