import { userInfo } from "node:os";
import { diskTrouble } from "../domain/disk-trouble.ts";
import { type FraisierError, HostUnavailable, StepFailed } from "../domain/errors.ts";
import type { ProcessResult } from "../host/processes.ts";

interface Circumstances {
  readonly unit: string;
  readonly userScope: boolean;
  /** The unit's own last lines. */
  readonly output: readonly string[];
}

/** The error for systemctl's words when it did not do its work, with advice. */
export function systemdFailure(what: string, result: ProcessResult, circumstances: Circumstances): FraisierError {
  const { unit, userScope, output } = circumstances;
  if (result.aborted) return new StepFailed(`${what}: interrupted`);
  if (result.timedOut) {
    return new StepFailed(`${what}: systemd did not end it within ${Math.round(result.durationMs / 1000)} s`, {
      hint: `Set TimeoutStartSec= in ${unit}, or, for Type=notify, see why it never says READY=1.`,
    });
  }
  const words = result.tail
    .trim()
    .split("\n")
    .filter((line) => line !== "")
    .slice(-4)
    .join("; ");
  const message = [
    `${what}: ${words || `systemctl ended with ${result.exitCode ?? result.signal ?? "a signal"}`}`,
    ...output,
  ].join("; ");
  if (/Interactive authentication required|Access denied|not permitted/i.test(words)) {
    return new HostUnavailable(message, {
      hint: `The user that fraisier runs as may not do this with ${unit}. Write the polkit rule that fraises.yaml needs: sudo fraisier privileges install`,
    });
  }
  if (/Failed to connect to bus|not been booted with systemd|Failed to get D-Bus connection/i.test(words)) {
    return new HostUnavailable(message, {
      hint: userScope
        ? `There is no user manager for the user that fraisier runs as: sudo loginctl enable-linger ${userInfo().username}`
        : "No systemd runs here, or its bus does not: services can do with `manager: command`, jobs cannot.",
    });
  }
  if (/not found|not loaded/i.test(words)) {
    return new HostUnavailable(message, {
      hint: `Is the name right, and was \`systemctl daemon-reload\` run after its file was put in place?`,
    });
  }
  // The words of systemd alone: the unit's own output may speak of any disk.
  const disk = diskTrouble(message, words);
  if (disk !== undefined) return disk;
  return new StepFailed(message, { hint: `Look at it: systemctl ${userScope ? "--user " : ""}status ${unit}` });
}
