import { z } from "zod";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";

/** Parameters that name targets. */
export const targetParameters = {
  fraise: z.string().min(1).optional().describe("Only targets of this fraise."),
  environment: z.string().min(1).optional().describe("Only targets in this environment."),
  job: z.string().optional().describe("Only this job; empty for targets that are no jobs."),
};

/** The name of an entry behind which a page begins. */
export const before = z
  .string()
  .min(1)
  .optional()
  .describe("Only entries older than this id: `next` of the page before.");

export function pageSize(most: number, fallback: number) {
  return z.coerce.number().int().min(1).max(most).default(fallback).describe(`How many entries a page has at most.`);
}

/** The targets that parameters name. */
export function targetsOf({
  fraise,
  environment,
  job,
}: {
  readonly fraise?: string | undefined;
  readonly environment?: string | undefined;
  readonly job?: string | undefined;
}): Partial<TargetKey> {
  return {
    ...(fraise === undefined ? {} : { fraise }),
    ...(environment === undefined ? {} : { environment }),
    ...(job === undefined ? {} : { job }),
  };
}

/** The values of parameters. @throws UsageError for a value that is not allowed, and for a parameter that the path does not have. */
export function readQuery<Schema extends z.ZodObject>(
  schema: Schema,
  given: Readonly<Record<string, string>>,
): z.infer<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const known = Object.keys(schema.shape).join(", ");
  const hint = known === "" ? "This path has no parameters." : `Its parameters are ${known}.`;
  const [issue] = parsed.error.issues;
  if (issue?.code === "unrecognized_keys")
    throw new UsageError(`this path has no parameter ${issue.keys.join(", ").slice(0, 100)}`, { hint });
  throw new UsageError(`the parameter ${issue?.path.join(".")} cannot be used: ${issue?.message}`, { hint });
}
