import { UsageError } from "../../domain/errors.ts";
import type { Host } from "../../host/host.ts";
import { managerOf } from "../../service-managers/systemctl.ts";

/** The facts about a program that its systemd unit shows. */
export interface UnitFacts {
  /** With its suffix: `shop.service`. */
  readonly unit: string;
  readonly appPath: string | undefined;
  /** Whether it runs from `<app path>/current`, as the layout `releases` needs it. */
  readonly runsCurrent: boolean;
  readonly user: string;
  readonly group: string | undefined;
}

const PROPERTIES = ["Id", "LoadState", "WorkingDirectory", "User", "Group", "ExecStart"];

/** Asks systemd. @throws UsageError for a unit that it does not know; HostUnavailable without systemctl. */
export async function unitFacts(unit: string, host: Host, env: Readonly<Record<string, string>>): Promise<UnitFacts> {
  const name = /\.[a-z]+$/.test(unit) ? unit : `${unit}.service`;
  const manager = managerOf(false, host, env);
  const { stdout, tail, exitCode } = await manager.run(
    manager.systemctl("show", [`--property=${PROPERTIES.join(",")}`], name),
    10_000,
  );
  if (exitCode !== 0)
    throw new UsageError(`systemd was not asked about ${name}: ${tail.trim().slice(-300)}`, {
      hint: "Is the name right? Without systemd say --app-path and --repository instead.",
    });
  return readUnit(name, stdout);
}

/** Pure: the group that reads what is deployed: the unit's, or that of its user's name; the service's own without a unit, or for one of root's. */
export function groupOfApp(unit: Pick<UnitFacts, "user" | "group"> | undefined, serviceUser: string): string {
  return unit?.group ?? (unit === undefined || unit.user === "root" ? serviceUser : unit.user);
}

/** Pure: reads what `systemctl show` prints. @throws UsageError */
export function readUnit(unit: string, shown: string): UnitFacts {
  const value = (property: string): string => new RegExp(`^${property}=(.*)$`, "m").exec(shown)?.[1]?.trim() ?? "";
  if (value("LoadState") !== "loaded")
    throw new UsageError(`systemd has no usable unit ${unit}: ${value("LoadState") || "no answer"}`, {
      hint: "systemctl list-units --type=service shows what there is.",
    });
  // `!` marks a folder that may be missing.
  const folder = value("WorkingDirectory").replace(/^[!-]/, "");
  const program = /argv\[\]=(.*?) ;/.exec(value("ExecStart"))?.[1] ?? "";
  const path = folder === "" || folder === "/" ? pathIn(program) : folder;
  const root = path?.replace(/\/current(\/.*)?$/, "").replace(/\/$/, "");
  return {
    unit,
    appPath: root === "" ? undefined : root,
    runsCurrent: path !== undefined && /\/current(\/|$)/.test(path),
    user: value("User") || "root",
    group: value("Group") || undefined,
  };
}

/** The folder of the program, unless it is a folder of the system. */
function pathIn(program: string): string | undefined {
  const own = program
    .split(" ")
    .find((word) => word.startsWith("/") && !/^\/(usr|bin|sbin|lib|etc|opt\/node)\b/.test(word));
  const current = own === undefined ? undefined : /^(.*\/current)(\/|$)/.exec(own)?.[1];
  return current ?? own?.replace(/\/[^/]*$/, "");
}
