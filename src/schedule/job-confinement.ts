/** The folders that the confinement of a job is about. */
export interface ConfinedJob {
  /** The app folder of the job: the only part of what is hidden that it keeps. */
  readonly app: string;
  /** The folder of fraisier's store, keys, mirrors and backups. */
  readonly state: string;
}

/**
 * Lines of [Service] that hide from a job of fraisier's own user what belongs to fraisier: its state folder, which is empty and writable instead, its settings, the buses of systemd
 * and the sockets of other users' commands, home folders, and by a user namespace of its own the memory, environment and files of fraisier's processes. Pure.
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
