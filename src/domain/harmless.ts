/**
 * Characters that a terminal obeys or does not show: controls, directions of writing, joiners, fillers, line separators, halves of pairs (Unicode's
 * categories Cc, Cf, Zl, Zp, Cs, and letters that are drawn as nothing). An emoji that is joined from several keeps its joiners.
 */
const UNSEEN =
  /(?<!\p{Extended_Pictographic}\ufe0f?\p{Emoji_Modifier}?)\u200d|\u200d(?!\p{Extended_Pictographic})|(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u115f\u1160\u2800\u3164\uffa0]/gu;
/**
 * Sequences that terminals obey (ECMA-48): those that begin with CSI, titles and links (OSC), and escapes of one character. Their length is bounded:
 * Node's own expression for them needs seconds for a line of beginnings without an end.
 */
const SEQUENCES =
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]|(?:\u001b\]|\u009d)[^\u0007\u001b\u009c]{0,512}(?:\u0007|\u001b\\|\u009c)|\u001b[ -/]{0,4}[0-OQ-Z\\^-~]/g;
/** The styles of print.ts, which are the only sequences that fraisier itself writes. */
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const OWN_STYLES = /(\u001b\[(?:[12]|22|3[1236]|39)m)/;

/** Makes a line of strangers' text (a branch name, a message, output of a command) safe to print: it cannot steer the terminal or hide its words. */
export function harmless(text: string): string {
  return text.replaceAll(SEQUENCES, "").replaceAll(UNSEEN, (character) => (character === "\t" ? character : " "));
}

/** Makes any text safe to print, in the same way. Its line breaks stay, and fraisier's own styles stay if the output is a terminal. */
export function harmlessLines(text: string, keepsStyles: boolean): string {
  const parts = keepsStyles ? text.split(OWN_STYLES) : [text];
  return parts.map((part, index) => (index % 2 === 1 ? part : part.split("\n").map(harmless).join("\n"))).join("");
}

/** JSON with the same values, in which every character that a terminal would obey or not show is written as `\u` and four digits. */
export function harmlessJson(json: string): string {
  return json.replaceAll(UNSEEN, (character) =>
    character === "\n"
      ? character
      : Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(""),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
