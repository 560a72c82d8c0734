import { join } from "node:path";
import type { Config } from "../../config/config.ts";
import { readConfig } from "../../compose/app.ts";
import { targetName } from "../../domain/fraise.ts";
import { namedUsers } from "../../domain/named-users.ts";
import { doorOf } from "../../domain/user-door.ts";
import { accountOf } from "../../host/accounts.ts";
import { localFiles } from "../../host/local-files.ts";
import { polkitRule } from "../../service-managers/polkit-rule.ts";
import { privilegesOf, writesUnits } from "../../service-managers/privileges.ts";
import type { Privilege } from "../../service-managers/privileges.ts";
import { userUnits, WRITTEN } from "../../service-managers/user-units.ts";
import { serviceUser } from "./make-folder-command.ts";
import { readInstalled } from "./installed-privileges.ts";

/** The options of every verb of `fraisier privileges`. */
export interface PrivilegeOptions {
  readonly rules?: string;
  readonly units?: string;
}

/** polkitd reads this file beside 50-fraisier.rules, which lets the daemon start and stop deployments. */
const RULES = "/etc/polkit-1/rules.d/51-fraisier-targets.rules";

/** The folder of the unit files of the system's administrator. */
export const SYSTEM_UNITS = "/etc/systemd/system";

/** The rule, units and users that fraises.yaml needs. */
export interface WantedPrivileges {
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

/** The rights that fraises.yaml needs on this machine. */
export async function wantedPrivileges({
  config: configFile,
  rules: file = RULES,
  units: folder = SYSTEM_UNITS,
}: PrivilegeOptions & { readonly config?: string }): Promise<WantedPrivileges> {
  const config = await readConfig(configFile);
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
  const texts = await Promise.all(names.map((name) => readInstalled(join(folder, name))));
  return names.filter((_, index) => texts[index]?.startsWith(WRITTEN) === true);
}
