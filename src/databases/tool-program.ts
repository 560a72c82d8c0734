import type { Fields } from "../config/keys/fields.ts";
import { UsageError } from "../domain/errors.ts";
import type { Command } from "../host/processes.ts";

/** How a tool is started, where it is not just its name: `poetry run alembic`, `[.venv/bin/alembic]`; relative paths are the release's. */
export function programKey({ command, means }: Fields, otherwise: readonly string[]) {
  return {
    command: command.optional().meta(means("How the tool is started, in the release", `\`${otherwise.join(" ")}\``)),
  };
}

/** `migrations`, of the tools whose files fraisier reads itself. */
export function migrationsKey({ text, means }: Fields, otherwise: string) {
  return {
    migrations: text.optional().meta(means("The folder of the migrations, below the release", `\`${otherwise}\``)),
  };
}

/** argv without the tool's own words. @throws UsageError where a line would need a shell. */
export function programOf(
  { settings: { command: given } }: { readonly settings: { readonly command?: Command | undefined } },
  fallback: readonly string[],
): readonly string[] {
  if (given === undefined) return fallback;
  if (typeof given !== "string") return given;
  if (/["'`$|&;<>()\\]/.test(given)) {
    throw new UsageError(`database.command "${given}" would need a shell`, {
      hint: "Write it as a list: [poetry, run, alembic].",
    });
  }
  return given.trim().split(/\s+/);
}
