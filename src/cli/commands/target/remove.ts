import { readConfig } from "../../../compose/app.ts";
import type { Config, Target } from "../../../config/config.ts";
import { removeTarget } from "../../../config/edit/edit-target.ts";
import { ConfigError, UsageError } from "../../../domain/errors.ts";
import type { Invocation } from "../../command-entry.ts";
import { serviceUser } from "../../machine/make-folder-command.ts";
import type { Print } from "../../print/print.ts";
import { agrees } from "../../prompt/prompts.ts";
import { withExistingStore } from "../../../compose/with-store.ts";
import { editFile } from "../../editing/edit-file.ts";
import { editedPlace } from "../../editing/edited-place.ts";
import type { EditedPlace } from "../../editing/edited-place.ts";

interface Options {
  readonly yes?: boolean;
  readonly keepVariables?: boolean;
  readonly dryRun?: boolean;
}

/**
 * `fraisier target remove <target>`: out of the file, with its variables. Its folder, its history and what runs stay, and the
 * commands that end what runs are printed.
 */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { args, options, print } = invocation;
  const place = await editedPlace(options.config, args);
  const { fraise, environment } = place;
  const name = `${fraise}/${environment}`;
  const change = (document: Parameters<typeof removeTarget>[0]): void => removeTarget(document, fraise, environment);
  const config = await loadable(options.config);
  const targets = (config?.targets ?? []).filter((each) => each.fraise === fraise && each.environment === environment);
  const isAsking = options.yes !== true && options.dryRun !== true;
  if (isAsking) {
    if (!process.stdin.isTTY || print.isJson)
      throw new UsageError(`${name} would be removed: say --yes`, { hint: "--dry-run shows what would change." });
    await editFile({ ...invocation, options: { ...options, dryRun: true } }, { change, done: "" });
    if (!(await agrees(`Remove ${name}?`))) return 1;
  }
  const user = await serviceUser(config?.deployment.state_directory ?? "/var/lib/fraisier");
  await editFile(invocation, {
    change,
    done: `${name} is removed from the file; its history stays`,
    next: async () => targets.flatMap((target) => leftBehind(target, user)),
  });
  if (config !== undefined && options.keepVariables !== true) {
    const isWanted = async (names: string): Promise<boolean> =>
      !isAsking || (await agrees(`Delete its variables, too (${names})?`));
    await deleteVariables(config, { ...place, targets }, { ...options, isWanted }, print);
  }
  return 0;
}

/** A file that is broken can be mended by removing the target that is wrong: then nothing is known of what the target leaves. */
async function loadable(configFile: string | undefined): Promise<Config | undefined> {
  try {
    return await readConfig(configFile);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

interface Removed extends EditedPlace {
  readonly targets: readonly Target[];
}

async function deleteVariables(
  config: Config,
  { fraise, environment, targets }: Removed,
  { dryRun = false, isWanted }: Pick<Options, "dryRun"> & { isWanted(names: string): Promise<boolean> },
  print: Print,
): Promise<void> {
  await withExistingStore(config, async (store) => {
    if (store === undefined) return;
    const jobs = [...new Set(["", ...targets.map(({ job }) => job)])];
    const rows = (await Promise.all(jobs.map((job) => store.variables.of({ fraise, environment, job })))).flat();
    const own = [...new Map(rows.map((row) => [`${row.job} ${row.name}`, row])).values()];
    if (own.length === 0) return;
    const names = own.map(({ name }) => name).join(", ");
    const keep = `fraisier env list ${fraise}/${environment} still shows them`;
    if (dryRun || !(await isWanted(names))) {
      if (!print.isJson)
        print.line(dryRun ? `its variables would be deleted: ${names}` : `its variables are kept: ${keep}`);
      return;
    }
    for (const { job, name } of own) await store.variables.delete({ fraise, environment, job }, name);
    if (!print.isJson) print.line(`its variables are deleted: ${names}`);
  });
}

/** Pure: the commands that end what a removed target leaves running, and remove what it leaves on disk. */
export function leftBehind({ settings }: Pick<Target, "settings">, user: string): readonly string[] {
  const { job, service, app_path: path } = settings;
  const systemctl = (scope: unknown): string =>
    scope === "user" ? `sudo systemctl --machine=${user}@.host --user` : "sudo systemctl";
  return [
    ...(job === undefined ? [] : [`${systemctl(job.scope)} disable --now ${job.timer} ${job.service}`]),
    ...(service?.unit === undefined ? [] : [`${systemctl(service["scope"])} disable --now ${service.unit}`]),
    `# ${path} stays: remove it when nothing runs from it`,
  ];
}
