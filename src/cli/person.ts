import { hostname, userInfo } from "node:os";

/** Who is at the keyboard, for the record: `ann@web1`; behind sudo the person, not root. */
export function person(): string {
  const user = process.env["SUDO_USER"] ?? userName();
  return `${user}@${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A uid without an entry in /etc/passwd, as in containers.
    return `uid ${process.getuid?.() ?? "?"}`;
  }
}
