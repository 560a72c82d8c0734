import { ConfigError, HostUnavailable, PermissionDenied, StepFailed, StoreUnavailable, UsageError } from "./errors.ts";
import type { FraisierError } from "./errors.ts";

/** An error in words that another process can read. */
export interface ErrorWords {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

const CLASSES: Readonly<Record<string, new (message: string, details: { readonly hint?: string }) => FraisierError>> = {
  host_unavailable: HostUnavailable,
  store_unavailable: StoreUnavailable,
  step_failed: StepFailed,
  usage: UsageError,
  permission_denied: PermissionDenied,
};

/** The error that another process ended with: its words, and its exit code. Undefined for a code that only a bug, or another fraisier, has. */
export function errorOfCode({ code, message, hint = "" }: ErrorWords): FraisierError | undefined {
  const details = hint === "" ? {} : { hint };
  if (code === "config") return new ConfigError(message, [], details);
  const Found = Object.hasOwn(CLASSES, code) ? CLASSES[code] : undefined;
  return Found === undefined ? undefined : new Found(message, details);
}
