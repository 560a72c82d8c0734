import { FraisierError, StepFailed } from "../../domain/errors.ts";
import type { Command } from "../../host/processes.ts";
import { filesOfGroup, groupStep } from "./group.ts";
import type { GroupSettings } from "./group.ts";
import { fillPlaceholders, filledForPeople, placeholderVariables } from "./placeholders.ts";
import { shown } from "../build/shown.ts";
import type { Facts, PreviewContext, StepContext } from "../capabilities.ts";
import type { Step } from "../step.ts";

type Needs = "command" | "facts" | "git" | "groupFiles" | "progress" | "recordGroupFile";

/**
 * A component group: its commands in order, its deploy_command once per file. Phase `migrating`: it is not known whether a command that a dead runner had begun
 * may run twice, so a crash takes back exactly what was begun. The journal says before each file that it is begun, and after it that it is done.
 */
export function deployGroup(group: GroupSettings): Step<Needs> {
  const { deploy_command } = group;
  return {
    name: groupStep(group.name),
    phase: "migrating",
    describe: () => describe(group),
    preview: (context) => preview(context, group),
    async run(context) {
      try {
        await run(context, group);
      } catch (error) {
        if (context.deployment.options.continue_on_failure !== true || !(error instanceof FraisierError)) throw error;
        context.signal.throwIfAborted();
        await context.remember({ failed: error.message });
        context.log(`group ${group.name} failed, and the next ones go on: ${error.message}`);
      }
    },
    ...(deploy_command === undefined ? {} : { undo: (context: StepContext<Needs>) => takeBack(context, group) }),
  };
}

async function run(context: StepContext<Needs>, group: GroupSettings): Promise<void> {
  const { places, deployment, remember, log, progress } = context;
  const files = await filesOfGroup(context, group);
  if (group.file_patterns.length > 0 && files.length === 0) {
    log(`group ${group.name}: nothing to do`);
    return;
  }
  const runOne = (command: Command, file?: string): Promise<void> => runFor(context, group, command, { file });
  for (const command of [...group.pre_deploy, group.build_command, group.test_command]) {
    if (command !== undefined) await runOne(command);
  }
  if (group.deploy_command !== undefined && group.file_patterns.length === 0) {
    await remember({ files: [""], begun: 1 });
    await runOne(group.deploy_command);
  } else if (group.deploy_command !== undefined) {
    await remember({
      files: files.map(({ path }) => path),
      begun: 0,
      revision: deployment.revision,
      in: places.release,
    });
    for (const [index, { path, blob }] of files.entries()) {
      await remember({ begun: index + 1 });
      await runOne(group.deploy_command, path);
      await context.recordGroupFile(group.name, path, blob);
      await remember({ done: index + 1 });
      progress((index + 1) / files.length, { group: group.name, files: files.length, done: index + 1 });
    }
  }
  for (const command of group.post_deploy) await runOne(command);
}

/** The files whose deploy_command was begun, oldest first; `""` for a group without files. */
export function begunFiles({ files, begun }: Facts): readonly string[] {
  return Array.isArray(files) && typeof begun === "number" ? (files as readonly string[]).slice(0, begun) : [];
}

/** The reason why the group failed, if the deployment went on all the same. */
export function failureOf({ failed }: Facts): string | undefined {
  return typeof failed === "string" ? failed : undefined;
}

/** A command of the group, for one file or for all. */
export async function runFor(
  { command, places }: StepContext<"command">,
  group: GroupSettings,
  given: Command,
  { file = "", cwd = places.release }: { readonly file?: string | undefined; readonly cwd?: string },
): Promise<void> {
  const variables = { FRAISIER_GROUP: group.name, ...(file === "" ? {} : placeholderVariables(file)) };
  await command(fillPlaceholders(given, variables), { cwd, user: group.user, timeoutMs: group.timeout, variables });
}

async function takeBack(context: StepContext<Needs>, group: GroupSettings): Promise<void> {
  const { facts, remember, recordGroupFile } = context;
  const begun = begunFiles(facts);
  if (begun.length === 0) return;
  if (group.rollback_command === undefined) {
    if (group.after_rollback !== undefined) return;
    throw new StepFailed(`group ${group.name} has no rollback_command: what it did stays${namesOf(begun)}`, {
      hint: "Look at what the commands of the group changed; give it a rollback_command or an after_rollback.",
    });
  }
  const already = typeof facts["takenBack"] === "number" ? facts["takenBack"] : 0;
  for (const [index, file] of begun.toReversed().entries()) {
    if (index < already) continue;
    await runFor(context, group, group.rollback_command, { file });
    if (file !== "") await recordGroupFile(group.name, file, undefined);
    await remember({ takenBack: index + 1 });
  }
}

function namesOf(files: readonly string[]): string {
  const names = files.filter((file) => file !== "");
  if (names.length === 0) return "";
  return ` (${names.slice(0, 5).join(", ")}${names.length > 5 ? `, and ${names.length - 5} more` : ""})`;
}

function describe(group: GroupSettings): string {
  const { file_patterns, deploy_command, rollback_command, after_rollback } = group;
  const commands = [...group.pre_deploy, group.build_command, group.test_command, deploy_command, ...group.post_deploy];
  const files =
    file_patterns.length === 0
      ? ""
      : `, for each ${group.changed_only ? "changed " : ""}file of ${file_patterns.join(", ")}`;
  const isFinal = deploy_command !== undefined && rollback_command === undefined && after_rollback === undefined;
  const run = commands.filter((command) => command !== undefined).map(shown);
  return `Run ${run.join("; ") || "nothing"}${files}${isFinal ? " (stays after a failure: no rollback_command)" : ""}`;
}

async function preview(context: PreviewContext<Needs>, group: GroupSettings): Promise<readonly string[]> {
  if (group.file_patterns.length === 0) return [];
  const files = await filesOfGroup(context, group);
  if (files.length === 0)
    return [group.changed_only ? "no file has changed: nothing to do" : "no file matches: nothing to do"];
  const { deploy_command } = group;
  return files.map(({ path }) =>
    deploy_command === undefined ? path : shown(filledForPeople(deploy_command, placeholderVariables(path))),
  );
}
