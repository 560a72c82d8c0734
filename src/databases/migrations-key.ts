import type { Fields } from "../config/fields.ts";
import { means } from "../config/means.ts";

/** `migrations`, of the tools whose files fraisier reads itself. */
export function migrationsKey({ text }: Fields, otherwise: string) {
  return {
    migrations: text.optional().meta(means("Where the migrations are: a folder below the release", `\`${otherwise}\``)),
  };
}
