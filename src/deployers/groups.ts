import { z } from "zod";
import type { Fields } from "../config/keys/fields.ts";
import { takesGroup } from "../domain/deployment-options.ts";
import { checkGroups } from "../steps/group/check-groups.ts";
import { deployGroup } from "../steps/group/deploy-group.ts";
import type { GroupSettings } from "../steps/group/group.ts";
import { afterRollback } from "../steps/group/after-rollback.ts";
import { misusedPlaceholder } from "../steps/group/misused-placeholder.ts";
import { placeholdersIn } from "../steps/group/placeholders.ts";
import { reportGroups } from "../steps/group/report-groups.ts";
import { defineDeployer } from "./deployer.ts";
import { sequence, serviceSteps } from "./sequence.ts";

/** Several components of one repository, one after the other: migrations, builds, functions, services. */
export const groups = defineDeployer({
  type: "groups",
  summary: "Component groups, deployed in order: commands, run once or once per matching file.",
  settings: (fields) => ({ groups: groupList(fields).describe("The components, and what deploys each") }),
  groups: (target) => groupsOf(target).map(({ name }) => name),
  steps(target, options) {
    const all = groupsOf(target);
    const chosen = all.filter(({ name }) => takesGroup(options, name));
    const service = serviceSteps(target);
    return sequence(target, {
      requires: chosen.flatMap(({ required_env_vars }) => required_env_vars),
      check: [checkGroups(all, chosen)],
      activate: [
        ...chosen.map(deployGroup),
        ...service.activate,
        ...(options.continue_on_failure === true ? [reportGroups(chosen.map(({ name }) => name))] : []),
      ],
      onRollback: [
        ...chosen.filter(({ after_rollback }) => after_rollback !== undefined).map(afterRollback),
        ...service.onRollback,
      ],
    });
  },
});

/** In the order of `order`, and of the file where that is equal. */
function groupsOf({
  settings,
}: {
  readonly settings: { readonly groups: readonly (GroupSettings & { readonly order: number })[] };
}): readonly GroupSettings[] {
  return settings.groups.toSorted((a, b) => a.order - b.order);
}

const PER_FILE = ["deploy_command", "rollback_command", "after_rollback"] as const;
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i;

function groupList({ text, command, duration, whole, listOf, means }: Fields) {
  const commands = listOf(command).default([]);
  const group = z
    .strictObject({
      name: z
        .string()
        .regex(NAME, "a name has letters, digits, - and _, and starts with a letter or digit")
        .describe("The name for `--group` and `--skip-group`"),
      order: whole.default(0).describe("Lower ones first, else as they stand here; all after `current` was switched"),
      file_patterns: listOf(text)
        .default([])
        .describe("Files of the revision, as globs: `deploy_command` runs once for each; without it just once"),
      changed_only: z.boolean().default(false).describe("Only files whose content this group has not deployed yet"),
      pre_deploy: commands.describe("Run first, once"),
      build_command: command.optional().describe("Runs after `pre_deploy`, once"),
      test_command: command.optional().describe("Runs after `build_command`, once"),
      deploy_command: command
        .optional()
        .describe(
          "Runs once per file: `{file}`, `{function_name}` (its folder) and `{service_name}` (its name) stand for it, unquoted",
        ),
      post_deploy: commands.describe("Run last, once"),
      rollback_command: command
        .optional()
        .describe("Takes one file back after a failure, newest first, in the failed revision"),
      after_rollback: command.optional().describe("Runs for each file that was begun, once the old code stands again"),
      required_env_vars: listOf(text)
        .default([])
        .describe("Variables that must be there before anything starts, if this group is deployed"),
      user: text.optional().meta(means("The user that runs the commands of this group", "the environment's `user`")),
      timeout: duration.optional().meta(means("When a command of this group is ended", "the deployment's `timeout`")),
    })
    .superRefine((value, context) => {
      const complain = (key: string, message: string): void =>
        context.addIssue({ code: "custom", path: [key], message });
      for (const key of PER_FILE) {
        const misuse = misusedPlaceholder(value[key] ?? "");
        if (misuse !== undefined) complain(key, misuse);
      }
      if (value.file_patterns.length > 0) return;
      if (value.changed_only) complain("changed_only", "without file_patterns there are no files that could change");
      for (const key of PER_FILE) {
        const [named] = placeholdersIn(value[key] ?? "");
        if (named !== undefined) complain(key, `without file_patterns there is no file for {${named}}`);
      }
    });
  return z
    .array(group)
    .min(1, "at least one group is needed")
    .superRefine((values, context) => {
      for (const [index, { name }] of values.entries()) {
        if (values.findIndex((each) => each.name === name) < index)
          context.addIssue({ code: "custom", path: [index, "name"], message: `two groups are called ${name}` });
      }
    });
}
