import type { TargetEdit } from "../../config/edit/edit-target.ts";
import { assignments } from "./assignments.ts";

/** The options of commands that write a target into fraises.yaml. */
export interface EditOptions {
  readonly type?: string;
  readonly repository?: string;
  readonly cloneUrl?: string;
  readonly forge?: string;
  readonly description?: string;
  readonly branch?: string;
  readonly appPath?: string;
  readonly service?: string;
  readonly healthUrl?: string;
  /** `key.path=value`, as often as given. */
  readonly set: readonly string[];
  readonly dryRun?: boolean;
}

/** The change of fraises.yaml that the options ask for. */
export function editOf(options: EditOptions, unset: readonly string[] = []): TargetEdit {
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
  return { ofFraise, set, unset };
}

function given(entries: readonly (readonly [string, string | undefined])[]): ReadonlyMap<string, string> {
  return new Map(entries.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])));
}
