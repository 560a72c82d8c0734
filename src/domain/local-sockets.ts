import type { Scope } from "./api-token.ts";

/** A unix socket of the API for the members of a group. */
export interface LocalDoor {
  /** The word of messages and of the record. */
  readonly name: "read.sock" | "control.sock";
  readonly path: string;
  readonly group: string;
  /** The scope of each member of the group. */
  readonly scope: Scope;
}

/** The folder that systemd makes for the daemon (`RuntimeDirectory=fraisier`). */
export const RUNTIME_FOLDER = "/run/fraisier";

/** The sockets that a daemon has: those that fraises.yaml names, else those in the folder that systemd made for it, if there is one. Pure. */
export function localDoors(
  {
    read_socket: read,
    control_socket: control,
  }: { readonly read_socket: string | undefined; readonly control_socket: string | undefined },
  folder: string | undefined,
): readonly LocalDoor[] {
  const doors = [
    { name: "read.sock", path: read, group: "fraisier-readers", scope: "read" },
    { name: "control.sock", path: control, group: "fraisier-operators", scope: "deploy" },
  ] as const;
  return doors.flatMap(({ path: named, ...door }) => {
    const path = named ?? (folder === undefined ? undefined : `${folder}/${door.name}`);
    return path === undefined ? [] : [{ ...door, path }];
  });
}
