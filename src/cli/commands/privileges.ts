import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";
import { readConfig } from "../../app.ts";
import type { Config } from "../../config/config.ts";
import { HostUnavailable, PermissionDenied, UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { namedUsers } from "../../domain/named-users.ts";
import { doorOf, doorUnit } from "../../domain/user-door.ts";
import { accountOf, nameOfUser } from "../../host/accounts.ts";
import { localFiles } from "../../host/local-files.ts";
import { localProcesses } from "../../host/local-processes.ts";
import { polkitRule } from "../../service-managers/polkit-rule.ts";
import { privilegesOf, writesUnits } from "../../service-managers/privileges.ts";
import type { Privilege } from "../../service-managers/privileges.ts";
import { userUnits, WRITTEN } from "../../service-managers/user-units.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";
import type { Print } from "../print/print.ts";
import { showDiff } from "../print/show-diff.ts";

interface Options {
  readonly rules?: string;
  readonly units?: string;
  readonly dryRun?: boolean;
}

/** polkitd reads this file beside 50-fraisier.rules, which lets the daemon start and stop deployments. */
const RULES = "/etc/polkit-1/rules.d/51-fraisier-targets.rules";
const INSTALL = "sudo fraisier privileges install";

/** The folder of the unit files of the system's administrator. */
const SYSTEM_UNITS = "/etc/systemd/system";

/** The rule, units and users that fraises.yaml needs. */
interface Wanted {
  readonly file: string;
  /** The folder of unit files. */
  readonly folder: string;
  readonly user: string;
  readonly units: readonly Privilege[];
  /** `""` if no unit needs a rule. */
  readonly rule: string;
  /** The users that commands run as, each with its socket. */
  readonly commandUsers: readonly string[];
  /** The rule and the unit files by their paths. The text `""` stands for a file that should not be there. */
  readonly files: ReadonlyMap<string, string>;
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
  const wanted = await wantedOf(
    await readConfig(options.config),
    options.rules ?? RULES,
    options.units ?? SYSTEM_UNITS,
  );
  if (verb === "show") return show(wanted, print);
  const diff = await differences(wanted);
  if (verb === "diff") return tell(wanted, { diff, written: false }, print);
  const written = diff !== "" && options.dryRun !== true;
  if (written) await install(wanted);
  // A socket that somebody stopped is started again, also if no file has changed.
  if (options.dryRun !== true) await openDoors(wanted);
  tell(wanted, { diff, written, isDryRun: options.dryRun === true }, print);
  return EXIT.ok;
}

function show({ file, user, units, rule, notes, commandUsers, files }: Wanted, print: Print): number {
  const unitFiles = [...files].filter(([path, text]) => path !== file && text !== "");
  if (print.isJson) {
    const unit_files = unitFiles.map(([path, text]) => ({ path, text }));
    print.json({ file, user, units, rule, notes, command_users: commandUsers, unit_files });
    return EXIT.ok;
  }
  print.line(rule === "" ? "// No unit of fraises.yaml needs a polkit rule." : rule.trimEnd());
  for (const [path, text] of unitFiles) print.line(`\n# ${path}\n${text.trimEnd()}`);
  for (const note of notes) print.line(`// ${note}`);
  return EXIT.ok;
}

/** The result that `diff` and `install` print, and the exit code of `diff`. */
function tell(
  { file, user, units, notes, commandUsers, files }: Wanted,
  { diff, written, isDryRun = false }: { diff: string; written: boolean; isDryRun?: boolean },
  print: Print,
): number {
  if (print.isJson) {
    print.json({ file, user, units, notes, command_users: commandUsers, equal: diff === "", diff, written });
    return diff === "" ? EXIT.ok : EXIT.failed;
  }
  showDiff(diff, print);
  const all = [...files.keys()].join(", ");
  if (diff === "") print.line(`${all}: as fraises.yaml needs ${files.size === 1 ? "it" : "them"}`);
  else if (written) print.line(`${all}: written; polkit reads its rule by itself`);
  else if (isDryRun) print.line("dry run: nothing was written");
  else print.line(`${all}: not what fraises.yaml needs: ${INSTALL}`);
  for (const note of notes) print.line(note);
  return diff === "" ? EXIT.ok : EXIT.failed;
}

async function install({ files, folder }: Wanted): Promise<void> {
  // polkitd is a user of its own and must be able to read the file.
  process.umask(0o022);
  for (const [path, text] of files) {
    try {
      if (text === "" && path.endsWith(".socket")) await systemctl(folder, ["disable", "--now", basename(path)]);
      if (text === "") await localFiles.remove(path);
      else await localFiles.writeText(path, text, 0o644);
    } catch (error) {
      throw refused(error, `${path} cannot be written`);
    }
  }
  if ([...files.keys()].some((path) => dirname(path) === folder)) await systemctl(folder, ["daemon-reload"]);
}

async function openDoors({ commandUsers, folder }: Wanted): Promise<void> {
  for (const user of commandUsers) await systemctl(folder, ["enable", "--now", "--quiet", `${doorUnit(user)}.socket`]);
}

/** Nothing happens if the unit files lie where systemd does not look for them, or systemd does not run here. */
async function systemctl(folder: string, words: readonly string[]): Promise<void> {
  if (folder !== SYSTEM_UNITS || !existsSync("/run/systemd/system")) return;
  const { exitCode, tail } = await localProcesses.run(["systemctl", "--no-ask-password", ...words], {
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    timeoutMs: 90_000,
  });
  if (exitCode === 0) return;
  const hint = /authentication|denied/i.test(tail) ? `Run it as root: ${INSTALL}` : `systemctl ${words.join(" ")}`;
  throw new HostUnavailable(`systemctl ${words.join(" ")} failed: ${tail.trim()}`, { hint });
}

/** Every file that is not what fraises.yaml needs, as a patch. */
async function differences({ files }: Wanted): Promise<string> {
  const patches: string[] = [];
  for (const [path, text] of files) {
    const installed = (await readable(path)) ?? "";
    if (installed !== text) patches.push(difference(path, installed, text));
  }
  return patches.join("\n");
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

async function wantedOf(config: Config, file: string, folder: string): Promise<Wanted> {
  const user = await serviceUser(config.deployment.state_directory);
  const settings = config.targets.map((target) => target.settings);
  const isRoot = user === "root";
  const units = isRoot ? [] : privilegesOf(settings);
  const rule = units.length === 0 ? "" : polkitRule(user, units);
  const users = isRoot ? { usable: [], notes: [] } : commandUsersOf(config, user);
  const wanted = users.usable.flatMap((each) => userUnits(each, user));
  const old = (await ownUnitFiles(folder)).filter((name) => wanted.every((each) => each.name !== name));
  return {
    file,
    folder,
    user,
    units,
    rule,
    commandUsers: users.usable,
    files: new Map([
      [file, rule],
      ...old.map((name) => [join(folder, name), ""] as const),
      ...wanted.map(({ name, text }) => [join(folder, name), text] as const),
    ]),
    notes: [...users.notes, ...(isRoot ? [rootNote(config)] : unitNotes(config))],
  };
}

function rootNote({ deployment }: Config): string {
  return `${deployment.state_directory} belongs to root: a daemon that runs as root needs no rule.`;
}

function unitNotes({ targets }: Config): readonly string[] {
  return targets
    .filter(({ settings: { job } }) => job !== undefined && job.scope === "system" && writesUnits(job))
    .map(
      (target) =>
        `${targetName(target)}: fraisier writes and enables its units in the system's scope, which no rule can allow by name: use scope: user, or units that root installs.`,
    );
}

/** The users other than fraisier's own that targets name for their commands. Commands of root cannot be allowed in this way. */
function commandUsersOf(
  { targets }: Config,
  service: string,
): { readonly usable: readonly string[]; readonly notes: readonly string[] } {
  const usable = new Set<string>();
  const notes: string[] = [];
  for (const target of targets) {
    for (const named of namedUsers(target.settings)) {
      const account = accountOf(/^\d+$/.test(named) ? Number(named) : named);
      if (account?.name === service) continue;
      if (account !== undefined && account.uid !== 0 && doorOf(account.name) !== undefined) usable.add(account.name);
      else if (account?.uid === 0)
        notes.push(`${targetName(target)}: commands cannot run as root, as fraisier runs as ${service}.`);
      else
        notes.push(`${targetName(target)}: there is no user ${named} on this machine, or no unit can have its name.`);
    }
  }
  return { usable: [...usable].toSorted(), notes: [...new Set(notes)] };
}

/** Names of the unit files of commands' users that an earlier `install` has written. */
async function ownUnitFiles(folder: string): Promise<readonly string[]> {
  const names = (await localFiles.list(folder)).filter((name) => /^fraisier-as-.*(\.socket|@\.service)$/.test(name));
  const texts = await Promise.all(names.map((name) => readable(join(folder, name))));
  return names.filter((_, index) => texts[index]?.startsWith(WRITTEN) === true);
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
