import { pino } from "pino";
import type { Logger } from "pino";

/** The one logger. Others know this type and nothing of where the lines go. */
export type Log = Pick<Logger, "info" | "warn" | "error" | "debug">;

/**
 * JSON lines on standard error (descriptor 2), which systemd puts into the journal; every string goes through `redact` first.
 * @param level `FRAISIER_LOG`: debug, info, warn, error, silent.
 */
export function createLog(redact: (text: string) => string, level = process.env["FRAISIER_LOG"] ?? "info"): Log {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    {
      write: (line: string) => {
        process.stderr.write(redact(line));
      },
    },
  );
}
