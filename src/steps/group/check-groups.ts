import { StepFailed } from "../../domain/errors.ts";
import { filesOfGroup } from "./group.ts";
import type { GroupSettings } from "./group.ts";
import { placeholdersIn, placeholderVariables } from "./placeholders.ts";
import type { PreviewContext } from "../capabilities.ts";
import type { Step } from "../step.ts";
import { counted } from "../../domain/counted.ts";

/** The groups that were asked for exist, and every file they deploy has what their commands name: known before anything is touched. */
export function checkGroups(
  groups: readonly GroupSettings[],
  chosen: readonly GroupSettings[],
): Step<"git" | "groupFiles"> {
  return {
    name: "check-groups",
    phase: "pulling_source",
    describe: () => `Match the files of ${chosen.map(({ name }) => name).join(", ") || "no group"}`,
    preview: async (context) => (await problemsOf(context, groups, chosen)).map((problem) => `would fail: ${problem}`),
    async run(context) {
      const problems = await problemsOf(context, groups, chosen);
      if (problems.length > 0) throw new StepFailed(problems.join("; "), { hint: "Nothing was touched." });
      for (const group of chosen) {
        if (group.file_patterns.length === 0) continue;
        const files = await filesOfGroup(context, group);
        context.log(`group ${group.name}: ${counted(files.length, "file")}`);
      }
    },
  };
}

async function problemsOf(
  context: PreviewContext<"git" | "groupFiles">,
  groups: readonly GroupSettings[],
  chosen: readonly GroupSettings[],
): Promise<readonly string[]> {
  const known = new Set(groups.map(({ name }) => name));
  const { groups: only = [], skip_groups: not = [] } = context.deployment.options;
  const problems = [...only, ...not]
    .filter((name) => !known.has(name))
    .map((name) => `there is no group ${name}: ${[...known].join(", ")}`);
  for (const group of chosen) {
    const commands = [group.deploy_command, group.rollback_command, group.after_rollback];
    const named = new Set(commands.flatMap((command) => (command === undefined ? [] : placeholdersIn(command))));
    for (const { path } of await filesOfGroup(context, group))
      problems.push(...nameProblems(path, named).map((problem) => `group ${group.name}: ${path} ${problem}`));
  }
  return problems;
}

/** The faults of a file's name, as far as the placeholders that commands use need it. */
function nameProblems(path: string, named: ReadonlySet<string>): readonly string[] {
  const { FRAISIER_FUNCTION_NAME: folder = "", FRAISIER_SERVICE_NAME: service = "" } = placeholderVariables(path);
  const values = [...(named.has("function_name") ? [folder] : []), ...(named.has("service_name") ? [service] : [])];
  return [
    ...(named.has("function_name") && folder === "" ? ["lies in no folder, so {function_name} would be empty"] : []),
    // A name that reads as an option could make the operator's command do something else.
    ...(values.some((value) => value.startsWith("-")) ? ['has a name that begins with "-"'] : []),
  ];
}
