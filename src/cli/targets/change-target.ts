import { addTarget, updateTarget } from "../../config/edit-target.ts";
import type { TargetEdit } from "../../config/edit-target.ts";
import { UsageError } from "../../domain/errors.ts";
import type { Invocation } from "../command-entry.ts";
import { assignments } from "./assignments.ts";
import { editFile } from "./edit-file.ts";
import { namesOf } from "./target-command.ts";
import type { TargetOptions } from "./target-command.ts";

/** `fraisier target add <fraise> <environment> --branch … --app-path …`. */
export async function addToFile(invocation: Invocation<TargetOptions>): Promise<number> {
  const [fraise, environment] = namesOf("add", invocation.args);
  const edit = editOf(invocation.options);
  await editFile(
    invocation,
    (document, asText) => {
      const isNew = !document.hasIn(["fraises", fraise]);
      if (isNew && !edit.ofFraise.has("repository"))
        throw new UsageError(`${fraise} is a new fraise: --repository is missing`, { hint: "--repository owner/name" });
      // The only type that a new fraise can have without a word more.
      const ofFraise = isNew ? new Map([["type", "api"], ...edit.ofFraise]) : edit.ofFraise;
      addTarget(document, fraise, environment, { ...edit, ofFraise, asText });
    },
    `${fraise}/${environment} is added`,
  );
  return 0;
}

/** `fraisier target update <fraise> <environment> --set key.path=value --unset key.path`. */
export async function updateInFile(invocation: Invocation<TargetOptions>): Promise<number> {
  const [fraise, environment] = namesOf("update", invocation.args);
  const edit = editOf(invocation.options);
  if (edit.ofFraise.size + edit.set.size + edit.unset.length === 0)
    throw new UsageError("what is to change?", { hint: "--set key.path=value, --unset key.path, --branch …" });
  await editFile(
    invocation,
    (document, asText) => updateTarget(document, fraise, environment, { ...edit, asText }),
    `${fraise}/${environment} is changed`,
  );
  return 0;
}

function editOf(options: TargetOptions): TargetEdit {
  const ofFraise = given([
    ["type", options.type],
    ["description", options.description],
    ["repository", options.repository],
    ["clone_url", options.cloneUrl],
    ["git.provider", options.forge],
  ]);
  const set = given([
    ["branch", options.branch],
    ["app_path", options.appPath],
    ["systemd_service", options.service],
    ["health_check.url", options.healthUrl],
    ...assignments(options.set),
  ]);
  return { ofFraise, set, unset: options.unset };
}

function given(entries: readonly (readonly [string, string | undefined])[]): ReadonlyMap<string, string> {
  return new Map(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}
