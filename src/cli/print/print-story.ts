import type { StoryDocument } from "../../answers/schemas/story-document.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "./print.ts";

/** Prints a line for each sentence, with its time, and an empty line between two chapters. */
export function printStory({ chapters }: StoryDocument, print: Print): void {
  const times = chapters.flatMap(({ story }) => story.map(({ at }) => (at === undefined ? "" : print.clock(at))));
  const width = Math.max(0, ...times.map((time) => time.length));
  for (const [index, { story }] of chapters.entries()) {
    if (index > 0) print.line();
    for (const { at, says, is_advice: isAdvice } of story) {
      const time = print.style("dim", (at === undefined ? "" : print.clock(at)).padEnd(width));
      print.prose(`${time}  `, isAdvice === true ? print.style("cyan", `-> ${harmless(says)}`) : harmless(says));
    }
  }
}
