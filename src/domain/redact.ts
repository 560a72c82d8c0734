/** Shorter values would blank out half of every text, and guard nothing. */
const MIN_LENGTH = 4;

/** Makes a function that replaces every secret in a text by `***`; multi-line secrets line by line. Longest first, so that none shows its rest. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const parts = new Set(
    secrets.flatMap((secret) => [secret, ...secret.split(/\r?\n/)]).filter((part) => part.length >= MIN_LENGTH),
  );
  const values = [...parts].toSorted((a, b) => b.length - a.length);
  if (values.length === 0) return (text) => text;
  return (text) => values.reduce((rest, value) => (rest.includes(value) ? rest.replaceAll(value, "***") : rest), text);
}
