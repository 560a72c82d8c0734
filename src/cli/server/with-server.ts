import { statSync } from "node:fs";
import { readConfig } from "../../compose/app.ts";
import { withApp } from "../../compose/with-store.ts";
import type { App } from "../../compose/app.ts";
import { INSTALLED_CONFIG } from "../../config/file/find-config.ts";
import { PermissionDenied, ServerUnavailable } from "../../domain/errors.ts";
import { isDenied } from "../../domain/is-denied.ts";
import { localDoors, RUNTIME_FOLDER } from "../../domain/local-sockets.ts";
import { groupIdOf } from "../../host/accounts.ts";
import type { GlobalOptions } from "../command-entry.ts";
import type { ApiClient } from "./api-client.ts";
import { withHealth } from "./ask-health.ts";
import { askedDoor } from "./asked-door.ts";
import { doorName } from "./door.ts";
import type { Door } from "./door.ts";
import type { CommandServer } from "./command-server.ts";
import { isOpen } from "./is-open.ts";
import { localServer } from "./local-server.ts";

/** Whether a command only looks, or acts. */
export type Need = "look" | "act";

/** The work of a command on this machine, and by the API of a daemon. */
export interface Ways<Result> {
  here(app: App): Promise<Result>;
  there(client: ApiClient): Promise<Result>;
}

/** Asks the server that the person chose (asked-door.ts), whichever it is. */
export async function withServer<Result>(
  options: GlobalOptions,
  need: Need,
  work: (server: CommandServer) => Promise<Result>,
): Promise<Result> {
  return await withEither(options, need, {
    here: async (app) => await work(localServer(app)),
    async there(client) {
      const { httpServer } = await import("./http-server.ts");
      return await work(httpServer(client));
    },
  });
}

/** Does the work in one of its two ways: on this machine, by its store; or by an API, if the person chose a server or may not open the store of this machine. */
export async function withEither<Result>(
  options: GlobalOptions,
  need: Need,
  { here, there }: Ways<Result>,
): Promise<Result> {
  const asked = askedDoor(options);
  if (asked !== undefined) {
    tellServer(`${doorName(asked.door)} (${asked.because})`);
    return await there(await clientOf(asked.door));
  }
  return await withApp(options.config, here, {
    async otherwise(error) {
      const told = await withHealth(error, () => readConfig(options.config, { webhookSecrets: false }));
      return await there(await clientOf(socketInstead(told, options, need)));
    },
  });
}

/** Only a command that asks a server loads the code for it, which a startup snapshot cannot hold. */
async function clientOf(door: Door): Promise<ApiClient> {
  const { apiClient } = await import("./api-client.ts");
  return apiClient(door);
}

let tellServer: (server: string) => void = () => {};

/** Calls back with the server that is asked, if a person chose one. */
export function onServerAsked(tell: (server: string) => void): void {
  tellServer = tell;
}

/** The socket for a person who may not open the store of the installed fraisier. @throws the error, if it is another one or if there is no socket for this person. */
function socketInstead(error: unknown, { config }: GlobalOptions, need: Need): Door {
  if (!(error instanceof PermissionDenied) || !isInstalledMeant(config)) throw error;
  const doors = localDoors({ read_socket: undefined, control_socket: undefined }, RUNTIME_FOLDER);
  const fitting = doors.filter(({ scope }) => need === "look" || scope === "deploy");
  const open = fitting.find(({ path }) => isOpen(path));
  if (open !== undefined) return { kind: "socket", path: open.path };
  const mine = fitting.find(({ group }) => isMember(group));
  if (mine !== undefined)
    throw new ServerUnavailable(`the daemon is not running: there is no ${mine.path}`, {
      cause: error,
      hint: "sudo systemctl start fraisier starts it; journalctl -u fraisier says why it ended.",
    });
  const groups = fitting.map(({ group }) => group).join(" or ");
  throw new PermissionDenied(`${error.message}, and you are not in the group ${groups}`, {
    cause: error,
    hint: "Run it with sudo. Or have somebody add you: sudo adduser $USER fraisier-operators (or fraisier-readers, who only look); then log in again.",
  });
}

/** Whether the command reads the installed fraises.yaml: the sockets belong to the daemon that reads it. */
function isInstalledMeant(config: string | undefined): boolean {
  const named = config ?? process.env["FRAISIER_CONFIG"] ?? "";
  if (named !== "") return named === INSTALLED_CONFIG;
  try {
    return statSync(INSTALLED_CONFIG).isFile();
  } catch (error) {
    // Its folder is closed to most users.
    return isDenied(error);
  }
}

function isMember(group: string): boolean {
  const gid = groupIdOf(group);
  return gid !== undefined && (process.getgroups?.() ?? []).includes(gid);
}
