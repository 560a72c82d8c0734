import { existsSync, statSync } from "node:fs";
import { localDoors, RUNTIME_FOLDER } from "../domain/local-sockets.ts";
import type { LocalDoor } from "../domain/local-sockets.ts";
import { groupIdOf } from "../host/accounts.ts";
import { fine, skipped, warned } from "./diagnosis.ts";
import type { Examination, Finding } from "./diagnosis.ts";

/** Whether the groups that may use the API on this machine without a token are there, and can open its sockets. */
export const localSockets: Examination = {
  name: "local sockets",
  async examine({ config, service, actor }) {
    if (config === undefined) return [];
    const doors = localDoors(config.server, existsSync(RUNTIME_FOLDER) ? RUNTIME_FOLDER : undefined);
    return doors.map((door) => examined(door, service?.name ?? actor.name));
  },
};

function examined({ name, path, group }: LocalDoor, user: string): Finding {
  const gid = groupIdOf(group);
  const remedy = `sudo groupadd --system --force ${group} && sudo usermod -aG ${group} ${user} && sudo systemctl restart fraisier`;
  if (gid === undefined)
    return warned(name, `this machine has no group ${group}: only ${user} and root can use ${path}`, remedy);
  if (!existsSync(path)) return skipped(name, `there is no ${path}: the daemon makes it when it starts`);
  if (statSync(path).gid !== gid) return warned(name, `${path} does not belong to the group ${group}`, remedy);
  return fine(name, `members of ${group} can use ${path}`);
}
