import { namedUsers } from "../domain/named-users.ts";
import type { CommandSettings } from "../config/settings.ts";
import type { SandboxSettings } from "../config/keys/sandbox-settings.ts";
import { accountOf } from "../host/accounts.ts";
import { folderObstacle, userObstacle } from "../host/user-obstacle.ts";
import type { UserObstacle } from "../host/user-obstacle.ts";

interface Inspected {
  readonly settings: {
    readonly app_path: string;
    readonly layout: "releases" | "in_place";
    readonly user: string | undefined;
    readonly install: CommandSettings | undefined;
    readonly build: CommandSettings | undefined;
    readonly test: CommandSettings | undefined;
    readonly sandbox: SandboxSettings;
    readonly [key: string]: unknown;
  };
}

/**
 * The reasons why this target's commands cannot run as the users that its settings name: in a sentence each, with the remedy.
 * @param service the number of the user that runners run as.
 */
export async function userObstacles(
  { settings }: Inspected,
  service = process.getuid?.() ?? 0,
): Promise<readonly UserObstacle[]> {
  const found = await Promise.all(namedUsers(settings).map((user) => userObstacle(user, service)));
  const obstacles = found.filter((each) => each !== undefined);
  if (obstacles.length > 0) return obstacles;
  const { app_path: folder, layout, sandbox } = settings;
  const others = workersOf({ settings }, service);
  const folders = await Promise.all(
    others.map((user) => folderObstacle(user, folder, layout === "in_place" ? "write" : "read", service)),
  );
  const units = Object.keys(sandbox.allow.units);
  return [
    ...folders.filter((each) => each !== undefined),
    ...(others.length === 0 || units.length === 0 || sandbox.mode === "off"
      ? []
      : [
          {
            problem: `commands that run as ${others.join(" and ")} cannot be given ${units.join(", ")}: an unprivileged fraisier passes \`allow.units\` only to commands of its own user`,
            hint: "Take `allow.units` away, or `user:`. fraisier itself restarts the target's own service.",
          },
        ]),
  ];
}

/** The users, other than fraisier's own, as whom commands of an unprivileged fraisier work in the release. */
export function workersOf(
  {
    settings: { user, install, build, test },
  }: { readonly settings: Pick<Inspected["settings"], "user" | "install" | "build" | "test"> },
  service = process.getuid?.() ?? 0,
): readonly string[] {
  if (service === 0) return [];
  const named = [user, install?.user, build?.user, test?.user].filter((each) => each !== undefined);
  return [...new Set(named)].filter((each) => accountOf(each)?.uid !== service);
}
