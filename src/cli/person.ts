import { hostname } from "node:os";
import { userAtStart } from "../host/become-owner.ts";

/** The person at the keyboard, for the record: `ann@web1`; behind sudo the person, not root, and never the service's user that root became. */
export function person(): string {
  return `${process.env["SUDO_USER"] ?? userAtStart()}@${hostname()}`;
}
