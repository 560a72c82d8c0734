import { z } from "zod";
import type { Fields } from "../config/fields.ts";

/** What a text must have in it, and what it must not. */
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
    contains: texts.describe("What must all be in the body or the output"),
    lacks: texts.describe("What must not be in the body or the output"),
  };
}

/** What is wrong with a text, in words; none when nothing is. `what`: `the body`. */
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
