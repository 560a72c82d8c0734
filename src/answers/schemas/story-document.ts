import { z } from "zod";
import type { Described } from "./described.ts";
import { time, version } from "./common-fields.ts";

const sentence = z
  .strictObject({
    at: time.optional().describe("Absent for a sentence that has no time of its own."),
    says: z.string(),
    is_advice: z.boolean().optional().describe("True if the sentence says what to do."),
  })
  .meta({ id: "Sentence", description: "A sentence of a story." });

const chapter = z
  .strictObject({
    about: z.enum(["delivery", "deployment", "target"]),
    id: z.string().describe("The id of the delivery or deployment, or the name of the target."),
    story: z.array(sentence),
  })
  .meta({ id: "Chapter", description: "The story of one delivery, deployment or target." });

export const storyDocumentSchema = z
  .strictObject({ version, chapters: z.array(chapter) })
  .meta({ id: "Story", description: "Why something is as it is: `fraisier why --json`." });

export type Sentence = Described<typeof sentence>;
export type Chapter = Described<typeof chapter>;
export type StoryDocument = Described<typeof storyDocumentSchema>;
