import { UsageError } from "../domain/errors.ts";
import { doorOf, doorUnit } from "../domain/user-door.ts";

/** A unit file, and what it says. */
export interface UnitFile {
  readonly name: string;
  readonly text: string;
}

/** The first words of files that `fraisier privileges install` may replace and remove. */
export const WRITTEN = '# Written by "fraisier privileges install"';

/**
 * The socket and the template by which systemd starts commands as `user` for an unprivileged fraisier that runs as `service`. Pure.
 *
 * Only `service` can connect to the socket, and root can. Each connection starts one instance, whose program reads one command from it and ends with it: nothing is started
 * by name, so no rule of polkit is needed, and a runner that dies closes its connection.
 * @throws UsageError for a name that no unit can have.
 */
export function userUnits(user: string, service: string): readonly UnitFile[] {
  const door = doorOf(user);
  if (door === undefined || doorOf(service) === undefined)
    throw new UsageError(`${JSON.stringify(door === undefined ? user : service)} is no name of a user`);
  const head = `${WRITTEN}: commands of targets that fraises.yaml has run as the user ${user}.\n# Do not edit it: write a drop-in, or change fraises.yaml and install again.\n`;
  return [
    {
      name: `${doorUnit(user)}.socket`,
      text: `${head}[Unit]
Description=fraisier, commands as the user ${user}

[Socket]
ListenStream=${door}
SocketUser=${service}
SocketMode=0600
DirectoryMode=0755
Accept=yes
MaxConnections=128
# Only fraisier can connect, and it must not be able to shut itself out.
TriggerLimitIntervalSec=0
RemoveOnStop=yes

[Install]
WantedBy=sockets.target
`,
    },
    {
      name: `${doorUnit(user)}@.service`,
      text: `${head}[Unit]
Description=fraisier, a command as the user ${user}
CollectMode=inactive-or-failed

[Service]
User=${user}
ExecStart=/usr/bin/env fraisier serve-command
StandardInput=socket
StandardOutput=journal
StandardError=journal
TimeoutStopSec=10s
# An outer bound, as in fraisier-deploy@.service.
RuntimeMaxSec=2h
${HARDENING}`,
    },
  ];
}

/** As in fraisier-deploy@.service: bubblewrap needs namespaces and a whole /proc. */
const HARDENING = `NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=yes
PrivateTmp=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=user mnt pid ipc uts net cgroup
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap
SystemCallErrorNumber=EPERM
`;
