import type { HostUnavailable } from "./errors.ts";
import { DiskFailing, DiskFull } from "./errors.ts";

/** `ENOSPC: System limit for number of file watchers reached` is not about a disk. */
const FULL =
  /\bENOSPC\b(?!: System limit)|\bEDQUOT\b|no space left on device|disk quota exceeded|database or disk is full/i;
const FAILING = /\bEROFS\b|\bEIO\b|read-only file system|input\/output error|disk I\/O error/i;

/** The remedy for each trouble of a disk. */
export const DISK_HINTS = {
  full: "The disk or the quota is full: make room there.",
  failing: "The disk is mounted read-only or answers with errors: see dmesg and findmnt.",
} as const;

/**
 * The error of a program whose own words say that a disk is full, mounted read-only or broken; undefined if they do not. Pure.
 * A release is written to a disk by its own commands, too, and such a command may try a path that is read-only on purpose: for
 * commands of a repository only a full disk counts.
 */
export function diskTrouble(
  message: string,
  words: string,
  { ofRepository = false, hint = "" }: { readonly ofRepository?: boolean; readonly hint?: string } = {},
): HostUnavailable | undefined {
  if (FULL.test(words)) return new DiskFull(message, { hint: joined(hint, DISK_HINTS.full) });
  if (ofRepository || !FAILING.test(words)) return undefined;
  return new DiskFailing(message, { hint: joined(hint, DISK_HINTS.failing) });
}

function joined(...lines: readonly string[]): string {
  return lines.filter((line) => line !== "").join("\n");
}
