import { z } from "zod";
import type { StoryDocument } from "../../answers/schemas/story-document.ts";
import { whyDelivery, whyDeployment, whyRevision, whyTarget } from "../../answers/stories/answer-why.ts";
import { whySubject } from "../../answers/stories/why-subject.ts";
import { UsageError } from "../../domain/errors.ts";
import { targetParameters, targetsOf } from "./query.ts";
import type { Asked } from "./question.ts";

export const storyQuery = z.strictObject({
  ...targetParameters,
  deployment: z.string().min(1).optional().describe("The id of a deployment."),
  delivery: z.string().min(1).optional().describe("The id of a delivery."),
  revision: z
    .string()
    .regex(/^[0-9a-f]{4,64}$/i)
    .optional()
    .describe("A hash, or the beginning of one with 4 digits or more."),
  subject: z
    .string()
    .min(1)
    .optional()
    .describe("A delivery, a deployment or a revision, as `fraisier why` takes it: shortened, or `last`."),
});

/** The story of the only thing that the parameters name. @throws UsageError if they name several things, or nothing. */
export async function storyOf({
  sources: known,
  query,
  within,
}: Asked<z.infer<typeof storyQuery>>): Promise<StoryDocument | undefined> {
  const { fraise, environment, job, deployment, delivery, revision, subject } = query;
  const subjects = [deployment, delivery, revision, subject, fraise].filter((each) => each !== undefined);
  if (subjects.length !== 1)
    throw new UsageError("the parameters must name one thing", {
      hint: "Give subject, deployment, delivery, revision, or fraise (with environment and job if there are several).",
    });
  const sources = { ...known, host: undefined, within };
  if (deployment !== undefined) return await whyDeployment(sources, deployment);
  if (delivery !== undefined) return await whyDelivery(sources, delivery);
  if (revision !== undefined) return await whyRevision(sources, revision);
  if (subject !== undefined) return await whySubject(sources, subject);
  const name = [fraise, environment, job].filter((part) => part !== undefined && part !== "").join("/");
  return await whyTarget(sources, targetsOf(query), name);
}
