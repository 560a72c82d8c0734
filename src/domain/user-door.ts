/** The folder in which systemd listens for commands of other users, a socket for each of them. The folder and everything in it belongs to root. */
const DOORS = "/run/fraisier-as";

/** Names that useradd(8) takes and that are safe in names of units and files. */
const USER = /^[a-z_][a-z0-9_.-]{0,63}$/i;

/** The socket through which an unprivileged fraisier has a command started as this user; undefined for a name that no unit can have. */
export function doorOf(user: string): string | undefined {
  return USER.test(user) ? `${DOORS}/${user}` : undefined;
}

/** The name, without suffix, of the socket unit and of the template for the commands of one user. */
export function doorUnit(user: string): string {
  return `fraisier-as-${user}`;
}
