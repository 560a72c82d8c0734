import { join } from "node:path";
import type { SystemPart } from "./base-system.ts";
import { liesWithin } from "../domain/lies-within.ts";

/** The user that commands run as, under the name that the sandbox's own /etc/passwd gives. */
export interface Inhabitant {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** A place of the sandbox, and the file or folder of this machine that lies there. */
export interface Mount {
  readonly place: string;
  readonly source: string;
  readonly access: "read" | "write" | "device";
}

/** Everything that one sandbox has. Later mounts lie over earlier ones. */
export interface SandboxPlan {
  readonly inhabitant: Inhabitant;
  readonly system: readonly SystemPart[];
  readonly mounts: readonly Mount[];
  /** Links, and where they point. */
  readonly links: readonly { readonly path: string; readonly linksTo: string }[];
  /** Folders that must be there, with nothing in them unless a mount says otherwise. */
  readonly folders: readonly string[];
  /** The folder in which a command starts. */
  readonly cwd: string;
  readonly network: boolean;
}

/** A program to start, and the texts that it reads from its file descriptors 3 and up. */
export interface Started {
  readonly argv: readonly string[];
  readonly texts: readonly string[];
}

const FIRST_TEXT = 3;

function homeOf({ name }: Inhabitant): string {
  return name === "root" ? "/root" : `/home/${name}`;
}

/**
 * How a command is started in a sandbox. Pure.
 *
 * bwrap itself ignores SIGTERM, which a time-out or a cancellation sends to the whole process group: it would die at once, and its command with it. The command gets
 * the signal as usual, and the time to clean up. The options of bwrap are not in its argv, as the command could read them there.
 */
export function startIn(
  plan: SandboxPlan,
  { bwrap, env }: { readonly bwrap: string; readonly env: string },
  command: readonly string[],
): Started {
  const names = namesOf(plan.inhabitant).map(({ text }) => text);
  const options = String(FIRST_TEXT + names.length);
  return {
    argv: [
      env,
      "--ignore-signal=TERM",
      bwrap,
      "--args",
      options,
      "--",
      "/usr/bin/env",
      "--default-signal=TERM",
      ...command,
    ],
    texts: [
      ...names,
      bubblewrapOptions(plan)
        .map((option) => `${option}\0`)
        .join(""),
    ],
  };
}

/**
 * The options of bwrap(1), pure. The root is an empty folder in memory. A new process namespace ends whatever a command leaves behind. --new-session is not needed: commands
 * never have a terminal (host/local-processes.ts starts them in sessions of their own), and it would put them out of the group that a time-out ends.
 */
function bubblewrapOptions(plan: SandboxPlan): readonly string[] {
  const { inhabitant, system, mounts, links, folders, cwd, network } = plan;
  const home = homeOf(inhabitant);
  return [
    ...NAMESPACES,
    ...(network ? [] : ["--unshare-net"]),
    ...["/etc", "/var"].flatMap((folder) => ["--perms", "0755", "--dir", folder]),
    ...system.flatMap((part) =>
      "linksTo" in part ? ["--symlink", part.linksTo, part.path] : ["--ro-bind-try", part.path, part.path],
    ),
    ...namesOf(inhabitant).flatMap(({ place }, index) => {
      const descriptor = String(FIRST_TEXT + index);
      return ["--perms", "0644", "--ro-bind-data", descriptor, place];
    }),
    ...KERNEL,
    ...[
      ["1777", "/tmp"],
      ["1777", "/var/tmp"],
      ["0700", home],
    ].flatMap(([mode = "", folder = ""]) => ["--perms", mode, "--tmpfs", folder]),
    ...Object.entries({ HOME: home, TMPDIR: "/tmp" }).flatMap((variable) => ["--setenv", ...variable]),
    ...mounts.flatMap(({ place, source, access }) => [MOUNT[access], source, place]),
    ...links.flatMap(({ path, linksTo }) => ["--symlink", linksTo, path]),
    ...folders.flatMap((folder) => ["--dir", folder]),
    "--remount-ro",
    "/",
    "--chdir",
    cwd,
  ];
}

const NAMESPACES =
  "--unshare-pid --unshare-ipc --unshare-uts --unshare-cgroup-try --die-with-parent --cap-drop ALL".split(" ");
const KERNEL = "--proc /proc --dev /dev".split(" ");
const MOUNT = { read: "--ro-bind", write: "--bind", device: "--dev-bind" } as const;

/** Files that are made for the sandbox: it knows root, nobody and its own user. */
function namesOf(inhabitant: Inhabitant): readonly { readonly place: string; readonly text: string }[] {
  const { name, uid, gid } = inhabitant;
  const isKnown = uid === 0 || uid === NOBODY;
  const users = [
    "root:x:0:0:root:/root:/bin/sh",
    `nobody:x:${NOBODY}:${NOBODY}:nobody:/nonexistent:/usr/sbin/nologin`,
    ...(isKnown ? [] : [`${name}:x:${uid}:${gid}::${homeOf(inhabitant)}:/bin/sh`]),
  ];
  const isKnownGroup = gid === 0 || gid === NOBODY;
  const groups = ["root:x:0:", `nogroup:x:${NOBODY}:`, ...(isKnownGroup ? [] : [`${name}:x:${gid}:`])];
  return [
    { place: "/etc/passwd", text: `${users.join("\n")}\n` },
    { place: "/etc/group", text: `${groups.join("\n")}\n` },
  ];
}

const NOBODY = 65_534;

/** Whether commands find this path of the machine at the same place in the sandbox. */
export function isShown(path: string, { system, mounts }: Pick<SandboxPlan, "system" | "mounts">): boolean {
  const shown = [
    ...system.map((part) => part.path),
    ...mounts.filter((each) => each.place === each.source).map((each) => each.place),
  ];
  return shown.some((each) => liesWithin(path, each));
}

/** The place in the sandbox that a setting means: `~/.npm`, `/opt/cache`, or a path below the release. */
export function placeOf(written: string, inhabitant: Inhabitant, release: string): string {
  if (written.startsWith("~/")) return join(homeOf(inhabitant), written.slice(2));
  return written.startsWith("/") ? join(written) : join(release, written);
}
