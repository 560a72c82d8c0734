import { z } from "zod";
import type { Families } from "./families.ts";
import { configSchema } from "./schema.ts";

/** JSON Schema (draft 2020-12) of fraises.yaml for editors, from the definitions that check it. */
export function configJsonSchema(families: Families): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema(families, {}), {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Variables and files are text as far as an editor is concerned.
      if (zodSchema._zod.def.type === "custom") jsonSchema.type = "string";
    },
  });
  return { ...schema, title: "fraises.yaml" };
}
