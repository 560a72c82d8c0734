import { z } from "zod";
import type { fields } from "./fields.ts";
import { means } from "./means.ts";

/** Keys that hold commands, and what goes with them. */
export function commandKeys({ text, command, duration, listOf }: ReturnType<typeof fields>) {
  const withUser = z.strictObject({
    command: command.describe("The command"),
    user: text.optional().meta(means("The user that runs it (see docs/security.md)", "`user`")),
    timeout: duration
      .optional()
      .meta(means("When it is ended, with everything it started", "the deployment's `timeout`")),
  });
  const commandSettings = z.union([
    command.transform((value) => ({ command: value, user: undefined, timeout: undefined })),
    withUser,
  ]);
  // Upstream writes the test command beside the build command.
  const buildSettings = z.union([
    command.transform((value) => ({ command: value, user: undefined, timeout: undefined, test: undefined })),
    withUser.extend({ test: command.optional().describe("Upstream's place for `test`") }),
  ]);
  const commands = listOf(command).default([]);
  const hooks = z.strictObject({
    before_deploy: commands.describe("Run once the release is built, before it goes live"),
    after_deploy: z
      .union([
        commands.transform((value) => ({ commands: value, on_error: "warn" as const })),
        z.strictObject({
          commands: commands.describe("The commands"),
          on_error: z
            .enum(["warn", "fail"])
            .default("warn")
            .describe(
              "The consequence of a command that fails: the deployment says so and stays, or it is taken back (`fail`)",
            ),
        }),
      ])
      .default({ commands: [], on_error: "warn" })
      .meta({
        description: "Run once the release is live and healthy; a failure is only told, unless `on_error: fail`",
        examples: ['["curl -fsS https://cdn.example.com/purge"]'],
      }),
    on_failure: commands.describe(
      "Run in `app_path` when a deployment failed, with `FRAISIER_STATUS` and `FRAISIER_REASON`",
    ),
  });
  return { commandSettings, buildSettings, hooks };
}
