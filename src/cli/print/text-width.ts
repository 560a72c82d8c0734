import { stripVTControlCharacters } from "node:util";

/** The letters that a person sees; codes of colours take no room. */
export function width(text: string): number {
  return letters(stripVTControlCharacters(text)).length;
}

/** Breaks a text at spaces into lines of at most so many letters; a longer word has a line of its own. A style of the whole text goes on in each line. */
export function broken(text: string, room: number): readonly string[] {
  const [, open = "", inside = text, close = ""] = STYLED.exec(text) ?? [];
  const lines: string[] = [];
  for (const word of inside.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && width(last) + 1 + width(word) <= room) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map((line) => `${open}${line}${close}`);
}

/** The text if it fits; a text that is too wide loses its styles and its end. */
export function cut(text: string, room: number): string {
  if (width(text) <= room) return text;
  return `${letters(stripVTControlCharacters(text))
    .slice(0, Math.max(0, room - 3))
    .join("")}...`;
}

// oxlint-disable-next-line no-control-regex -- these are the codes of colours
const STYLED = /^(\u001b\[\d+m)([^\u001b]*)(\u001b\[\d+m)$/;

/** Counts letters as a person sees them: an emoji of several code points counts once. */
function letters(text: string): readonly string[] {
  // Most texts are ASCII: every character is a letter of its own.
  // oxlint-disable-next-line no-control-regex -- ASCII is meant
  if (/^[\u0000-\u007f]*$/.test(text)) return text.split("");
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}
