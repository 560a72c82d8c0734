import { rmSync } from "node:fs";

/**
 * Removes a folder in which a living process may still make files: a file that appears while the folder is emptied makes the removal fail with ENOTEMPTY,
 * and it is tried again.
 */
export function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
