import { localDoors } from "../domain/local-sockets.ts";
import type { LocalDoor } from "../domain/local-sockets.ts";
import { FraisierError } from "../domain/errors.ts";
import { groupIdOf } from "../host/accounts.ts";
import { listenLocally } from "../host/local-socket.ts";
import type { ApiParts } from "../http/api/api-routes.ts";
import { createLocalApi } from "../http/api/local-api.ts";
import { localServer } from "../http/listen-local.ts";
import type { Config } from "../config/config.ts";

/** The sockets of the API on this machine. */
export interface LocalDoors {
  close(): Promise<void>;
}

/** Opens the sockets for groups of this machine. A socket that cannot be had is logged, and the daemon goes on without it: webhooks must not wait for it. */
export async function openLocalDoors(
  server: Config["server"],
  api: ApiParts,
  runtimeDirectory: string | undefined,
): Promise<LocalDoors> {
  // systemd separates several folders by colons.
  const folder = runtimeDirectory?.split(":")[0];
  const opened = await Promise.all(localDoors(server, folder).map((door) => openDoor(door, api)));
  return {
    async close() {
      await Promise.all(opened.filter((each) => each !== undefined).map((each) => each.close()));
    },
  };
}

async function openDoor(door: LocalDoor, api: ApiParts): Promise<LocalDoors | undefined> {
  const { name, path, group, scope } = door;
  const local = localServer(createLocalApi(api, name, scope));
  try {
    const socket = await listenLocally(local.server, path, { name: group, gid: groupIdOf(group) });
    if (socket.closedToGroup === undefined) api.log.info({ socket: path, group }, "the API has a local socket");
    else api.log.warn({ socket: path, why: socket.closedToGroup }, "only fraisier's own user can use this socket");
    return {
      async close() {
        socket.remove();
        await local.close();
      },
    };
  } catch (error) {
    if (!(error instanceof FraisierError)) throw error;
    api.log.error({ socket: path, hint: error.hint }, error.message);
    return undefined;
  }
}
