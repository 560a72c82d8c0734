import { z } from "zod";
import type { Fields } from "../config/keys/fields.ts";

/** The texts that a text must contain, and those that it must not contain. */
export interface TextExpectations {
  readonly contains: readonly string[];
  readonly lacks: readonly string[];
}

/** The keys `contains` and `lacks`: a text or a list of texts each. */
export function textExpectations({ text }: Fields) {
  const texts = z
    .union([text, z.array(text)])
    .transform((value) => [value].flat())
    .default([]);
  return {
    contains: texts.describe("Texts that must all be in the body or the output"),
    lacks: texts.describe("Texts that must not be in the body or the output"),
  };
}

/** Says which expectations a text misses; empty if it meets all of them. `what` names the text: `the body`. */
export function disappointments(what: string, text: string, { contains, lacks }: TextExpectations): readonly string[] {
  return [
    ...contains.filter((each) => !text.includes(each)).map((each) => `${what} lacks "${each}"`),
    ...lacks.filter((each) => text.includes(each)).map((each) => `${what} contains "${each}"`),
  ];
}

/** The expectations in a few words, to be put behind what is looked at; `""` for none. */
export function inWords({ contains, lacks }: TextExpectations): string {
  const parts = [...contains.map((each) => `with "${each}"`), ...lacks.map((each) => `without "${each}"`)];
  return parts.length === 0 ? "" : ` ${parts.join(", ")}`;
}
