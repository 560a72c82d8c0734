/** The folders that the confinement of a job is about. */
export interface ConfinedJob {
  /** The app folder of the job: the only part of what is hidden that it keeps. */
  readonly app: string;
  /** The folder of fraisier's store, keys, mirrors and backups. */
  readonly state: string;
}

/**
 * Lines of [Service] that hide fraisier's own things from a job of fraisier's user. Pure. They hide the settings, home folders, the buses of systemd and the sockets for
 * commands of other users; the state folder is empty and writable instead. A user namespace of its own keeps the job from the memory, environment and files of fraisier's processes.
 */
export function confinementOf({ app, state }: ConfinedJob): readonly (readonly [key: string, value: string])[] {
  return [
    ["NoNewPrivileges", "yes"],
    ["PrivateUsers", "yes"],
    ["PrivateTmp", "yes"],
    ["ProtectHome", "tmpfs"],
    ["TemporaryFileSystem", `${path(state)}:mode=0700`],
    ["BindPaths", path(app)],
    ["InaccessiblePaths", "-/etc/fraisier -/run/dbus -/run/fraisier-as"],
  ];
}

/** These keys take lists of words with colons between their parts. */
function path(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll(":", String.raw`\:`)
    .replaceAll("%", "%%");
  return /[\s"']/.test(escaped) ? `"${escaped.replaceAll('"', String.raw`\"`)}"` : escaped;
}
