import { z } from "zod";
import type { Fields } from "./fields.ts";

/** The things that must be present on this machine before anything is touched. */
export interface NeedsSettings {
  /** Units of systemd that must be active. */
  readonly units: readonly string[];
  /** Programs that must be on PATH. */
  readonly commands: readonly string[];
  /** Bytes; counts where it is more than `min_free_space`. */
  readonly free_space: number | undefined;
}

/** The key `needs:`. */
export function needsField({ text, listOf, size }: Fields) {
  return z.strictObject({
    units: listOf(text).default([]).describe("Units of systemd that must be active"),
    commands: listOf(text).default([]).describe("Programs that must be on `PATH`"),
    free_space: size.optional().describe("Space that must be free on disk; counts if it is more than `min_free_space`"),
  });
}
