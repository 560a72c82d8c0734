import type { StoryDocument } from "../../answers/schemas/story-document.ts";
import { harmless } from "./harmless.ts";
import type { Print } from "./print.ts";

/** Prints a line for each sentence, with its time, and an empty line between two chapters. */
export function printStory({ chapters }: StoryDocument, print: Print): void {
  for (const [index, { story }] of chapters.entries()) {
    if (index > 0) print.line();
    for (const { at, says, isAdvice } of story) {
      const time = print.style("dim", (at === undefined ? "" : at.slice(0, 19).replace("T", " ")).padEnd(19));
      print.line(`${time}  ${isAdvice === true ? print.style("cyan", `-> ${harmless(says)}`) : harmless(says)}`);
    }
  }
}
