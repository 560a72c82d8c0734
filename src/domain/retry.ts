import {
  DiskFailing,
  DiskFull,
  MigrationLockLost,
  ProgramKilled,
  RemoteUnreachable,
  StoreUnavailable,
} from "./errors.ts";

/** Ten seconds, a minute, six minutes …, and never longer than an hour: milliseconds before the retry of this number, from 1. */
export function retryDelay(retry: number): number {
  return Math.min(10_000 * 6 ** (retry - 1), 3_600_000);
}

/** `retry 1 of 3`. */
export function retryName(retry: number, limit: number): string {
  return `retry ${retry} of ${limit}`;
}

const DISK_CODES = new Set(["ENOSPC", "EDQUOT", "EROFS", "EIO"]);

/** Whether the same deployment may work later without a change by anybody who pushed: a full or failing disk, an unreachable remote or store, a killed program. Pure. */
export function mayPass(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DiskFull || error instanceof DiskFailing) return true;
  if (error instanceof RemoteUnreachable || error instanceof StoreUnavailable) return true;
  if (error instanceof MigrationLockLost || error instanceof ProgramKilled) return true;
  return DISK_CODES.has((error as NodeJS.ErrnoException).code ?? "") || mayPass(error.cause);
}
