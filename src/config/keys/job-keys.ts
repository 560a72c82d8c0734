import { z } from "zod";
import type { fields } from "./fields.ts";
import { means } from "./means.ts";

type Fields = ReturnType<typeof fields>;

/** Keys of `environments.<name>` of the types that have jobs. Every one is optional to the types; `jobs` itself must be there. */
export function jobKeys({ text, command, duration }: Fields, name: z.ZodString) {
  const list = z.union([text, z.array(text)]).transform((value) => [value].flat());
  const job = z.strictObject({
    systemd_service: text
      .optional()
      .meta(means("The name of its service unit", "`<fraise>-<environment>-<job>.service`")),
    systemd_timer: text.optional().meta(means("The name of its timer unit", "named as the service is")),
    schedule: list
      .optional()
      .describe("When it runs: systemd.time(7) or cron; without it the timer unit must come from elsewhere"),
    command: command
      .optional()
      .describe("The command that it runs, in the release; without it the service unit must come from elsewhere"),
    user: text
      .optional()
      .meta(means("The user that runs it (needs root)", "the environment's `user`, else fraisier's own user")),
    description: text
      .optional()
      .meta(means("For people: the `Description=` of its units", "`<fraise>/<environment>/<job>`")),
    depends_on: list.optional().describe("Jobs it never runs beside, nor after one of them failed"),
    timeout: duration.optional().meta(means("When a run of it is ended", "never")),
    environment_file: text
      .optional()
      .describe("A file with variables of the command; with a `-` before it, it may be missing"),
    persistent: z
      .boolean()
      .optional()
      .meta(means("Make up for a run that was missed while the machine was off", "`false`")),
    paths: list.optional().meta(means("Only pushes that touch these; `!` excludes", "the environment's `paths`")),
  });
  const jobs = z
    .record(name, job)
    .refine((value) => Object.keys(value).length > 0, "there is no job in it")
    .describe("Jobs by name, each a target of its own");
  return {
    jobs: jobs as unknown as z.ZodOptional<typeof jobs>,
    unit_files: text
      .optional()
      .describe("A folder of the repository that brings units itself: what they say there, root will do"),
    unit_directory: text
      .optional()
      .meta(means("The folder for unit files", "`/etc/systemd/system`, or the user's own with `scope: user`")),
    scope: z
      .enum(["system", "user"])
      .optional()
      .meta(means("The manager that has the units: the system's, or that of the user fraisier runs as", "`system`")),
  };
}
