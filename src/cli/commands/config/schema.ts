import { families } from "../../../compose/app.ts";
import { configJsonSchema } from "../../../config/keys/json-schema.ts";
import type { Invocation } from "../../command-entry.ts";

/** `fraisier config schema`. */
export async function run({ print }: Invocation): Promise<number> {
  print.json(configJsonSchema(families));
  return 0;
}
