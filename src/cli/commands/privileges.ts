import { stat } from "node:fs/promises";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { readConfig } from "../../app.ts";
import type { Config } from "../../config/config.ts";
import { PermissionDenied, UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { localFiles } from "../../host/local-files.ts";
import { nameOfUser } from "../../host/accounts.ts";
import { polkitRule } from "../../service-managers/polkit-rule.ts";
import { privilegesOf, writesUnits } from "../../service-managers/privileges.ts";
import type { Privilege } from "../../service-managers/privileges.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";
import type { Print } from "../print.ts";
import { showDiff } from "../show-diff.ts";

interface Options {
  readonly rules?: string;
  readonly dryRun?: boolean;
}

/** polkitd reads this file beside 50-fraisier.rules, which lets the daemon start and stop deployments. */
const RULES = "/etc/polkit-1/rules.d/51-fraisier-targets.rules";
const INSTALL = "sudo fraisier privileges install";

/** The rule that fraises.yaml needs, and the rule that is installed. */
interface Wanted {
  readonly file: string;
  readonly user: string;
  readonly units: readonly Privilege[];
  /** `""` if no unit needs a rule. */
  readonly rule: string;
  /** Targets whose needs no rule can grant, a sentence each. */
  readonly notes: readonly string[];
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [verb] = args;
  if (verb !== "show" && verb !== "diff" && verb !== "install") {
    throw new UsageError(`privileges knows no "${verb ?? ""}"`, {
      hint: "fraisier privileges show, diff or install.",
    });
  }
  const wanted = await wantedOf(await readConfig(options.config), options.rules ?? RULES);
  if (verb === "show") return show(wanted, print);
  const installed = (await readable(wanted.file)) ?? "";
  const diff = installed === wanted.rule ? "" : difference(wanted.file, installed, wanted.rule);
  if (verb === "diff") return tell(wanted, { diff, written: false }, print);
  const written = diff !== "" && options.dryRun !== true;
  if (written) await install(wanted);
  tell(wanted, { diff, written, isDryRun: options.dryRun === true }, print);
  return EXIT.ok;
}

function show({ file, user, units, rule, notes }: Wanted, print: Print): number {
  if (print.isJson) {
    print.json({ file, user, units, rule, notes });
    return EXIT.ok;
  }
  print.line(rule === "" ? "// No unit of fraises.yaml needs a polkit rule." : rule.trimEnd());
  for (const note of notes) print.line(`// ${note}`);
  return EXIT.ok;
}

/** The result that `diff` and `install` print, and the exit code of `diff`. */
function tell(
  { file, user, units, notes }: Wanted,
  { diff, written, isDryRun = false }: { diff: string; written: boolean; isDryRun?: boolean },
  print: Print,
): number {
  if (print.isJson) {
    print.json({ file, user, units, notes, equal: diff === "", diff, written });
    return diff === "" ? EXIT.ok : EXIT.failed;
  }
  showDiff(diff, print);
  if (diff === "") print.line(`${file} is as fraises.yaml needs it`);
  else if (written) print.line(`${file} is written; polkit reads it by itself`);
  else if (isDryRun) print.line("dry run: nothing was written");
  else print.line(`${file} differs from what fraises.yaml needs: ${INSTALL}`);
  for (const note of notes) print.line(note);
  return diff === "" ? EXIT.ok : EXIT.failed;
}

async function install({ file, rule }: Wanted): Promise<void> {
  // polkitd is a user of its own and must be able to read the file.
  process.umask(0o022);
  try {
    if (rule === "") await localFiles.remove(file);
    else await localFiles.writeText(file, rule, 0o644);
  } catch (error) {
    throw refused(error, `${file} cannot be written`);
  }
}

async function readable(file: string): Promise<string | undefined> {
  try {
    return await localFiles.readText(file);
  } catch (error) {
    throw refused(error, `${file} cannot be read`);
  }
}

function refused(error: unknown, what: string): unknown {
  const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  if (code !== "EACCES" && code !== "EPERM") return error;
  return new PermissionDenied(`${what} by this user: only root and polkit may look into its folder`, {
    hint: `Run it as root: ${INSTALL}`,
    cause: error,
  });
}

async function wantedOf(config: Config, file: string): Promise<Wanted> {
  const user = await serviceUser(config.deployment.state_directory);
  const settings = config.targets.map((target) => target.settings);
  const units = user === "root" ? [] : privilegesOf(settings);
  const notes =
    user === "root"
      ? [`${config.deployment.state_directory} belongs to root: a daemon that runs as root needs no rule.`]
      : config.targets
          .filter(({ settings: { job } }) => job !== undefined && job.scope === "system" && writesUnits(job))
          .map(
            (target) =>
              `${targetName(target)}: fraisier writes and enables its units in the system's scope, which no rule can allow by name: use scope: user, or units that root installs.`,
          );
  return { file, user, units, rule: units.length === 0 ? "" : polkitRule(user, units), notes };
}

/** The owner of the state folder; the packaged name as long as there is no folder. */
async function serviceUser(stateDirectory: string): Promise<string> {
  const uid = await stat(stateDirectory).then(
    (found) => found.uid,
    () => undefined,
  );
  if (uid === undefined) return "fraisier";
  return nameOfUser(uid) ?? "fraisier";
}

function difference(file: string, installed: string, wanted: string): string {
  return createTwoFilesPatch(file, file, installed, wanted, "installed", "wanted", {
    headerOptions: FILE_HEADERS_ONLY,
  });
}
