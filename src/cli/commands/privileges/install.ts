import { existsSync } from "node:fs";
import { basename, dirname } from "node:path";
import { HostUnavailable } from "../../../domain/errors.ts";
import { doorUnit } from "../../../domain/user-door.ts";
import { localFiles } from "../../../host/local-files.ts";
import { localProcesses } from "../../../host/local-processes.ts";
import type { Invocation } from "../../command-entry.ts";
import { EXIT } from "../../exit-codes.ts";
import { INSTALL, differences, refused } from "../../machine/installed-privileges.ts";
import { tellDifference } from "../../machine/tell-difference.ts";
import { SYSTEM_UNITS, wantedPrivileges } from "../../machine/wanted-privileges.ts";
import type { PrivilegeOptions, WantedPrivileges } from "../../machine/wanted-privileges.ts";

interface Options extends PrivilegeOptions {
  readonly dryRun?: boolean;
}

/** `fraisier privileges install`. */
export async function run({ options, print }: Invocation<Options>): Promise<number> {
  const wanted = await wantedPrivileges(options);
  const diff = await differences(wanted.files);
  const isDryRun = options.dryRun === true;
  const written = diff !== "" && !isDryRun;
  if (written) await install(wanted);
  // A socket that somebody stopped is started again, also if no file has changed.
  if (!isDryRun) await openDoors(wanted);
  tellDifference(wanted, { diff, written, isDryRun }, print);
  return EXIT.ok;
}

async function install({ files, folder }: WantedPrivileges): Promise<void> {
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

async function openDoors({ commandUsers, folder }: WantedPrivileges): Promise<void> {
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
