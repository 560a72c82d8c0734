import { z } from "zod";
import type { fields } from "./fields.ts";

type Fields = ReturnType<typeof fields>;

/** Keys of `environments.<name>` of the types that have jobs. Every one is optional to the types; `jobs` itself must be there. */
export function jobKeys({ text, command, duration }: Fields, name: z.ZodString) {
  const list = z.union([text, z.array(text)]).transform((value) => [value].flat());
  const job = z.strictObject({
    systemd_service: text.optional(),
    systemd_timer: text.optional(),
    schedule: list.optional(),
    command: command.optional(),
    user: text.optional(),
    description: text.optional(),
    depends_on: list.optional(),
    timeout: duration.optional(),
    environment_file: text.optional(),
    persistent: z.boolean().optional(),
    paths: list.optional(),
  });
  const jobs = z.record(name, job).refine((value) => Object.keys(value).length > 0, "there is no job in it");
  return {
    jobs: jobs as unknown as z.ZodOptional<typeof jobs>,
    unit_files: text.optional(),
    unit_directory: text.optional(),
    scope: z.enum(["system", "user"]).optional(),
  };
}
