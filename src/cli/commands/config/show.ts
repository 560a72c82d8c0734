import { stringify } from "yaml";
import { readConfig } from "../../../compose/app.ts";
import { showConfig } from "../../../config/show.ts";
import type { Invocation } from "../../command-entry.ts";

/** `fraisier config show`. */
export async function run({ options, print }: Invocation): Promise<number> {
  const shown = showConfig(await readConfig(options.config));
  if (print.isJson) print.json(shown);
  else print.line(stringify(shown).trimEnd());
  return 0;
}
