import { z } from "zod";

/** Every document says by this number how it is to be read. A key that is added leaves the number as it is; a key that goes or changes its meaning raises it. */
export const version = z.literal(1).describe("The version of this document's form.");

export const time = z.string().meta({ format: "date-time", description: "A time as ISO 8601 has it, in UTC." });

/** The three names of a target. */
export const target = {
  fraise: z.string().describe("The name of the fraise."),
  environment: z.string().describe("The name of the environment."),
  job: z.string().describe("The name of the job; empty for a target that is no job."),
};

export const revision = z.string().describe("The whole hash of a commit.");

/** 0 or 1, as the first documents had it. */
export const bit = z.union([z.literal(0), z.literal(1)]);

export const milliseconds = z.number().nonnegative().describe("Milliseconds.");
