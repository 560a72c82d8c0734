/** Stands where the end of a text was cut off, which may be in the midst of a secret: the redactor knows it, and looks there for its first half. */
export const CUT_AFTER = " … [cut]";
/** Stands before the rest of a text whose start was cut off. */
export const CUT_BEFORE = "[cut] … ";

/** The first characters of a text, marked where it goes on. */
export function keepStart(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length) + CUT_AFTER;
}

/** The last characters of a text, marked where it began earlier. */
export function keepEnd(text: string, length: number): string {
  return text.length <= length ? text : CUT_BEFORE + text.slice(-length);
}
