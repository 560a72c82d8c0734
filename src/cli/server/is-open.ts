import { accessSync, constants } from "node:fs";

/** Whether this user may use a socket. */
export function isOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    // It is absent or closed; which of them it is does not matter here.
    return false;
  }
}
