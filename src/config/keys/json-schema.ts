import { z } from "zod";
import type { Families } from "../families.ts";
import { configSchema } from "./schema.ts";
import { writtenDuration } from "./written-duration.ts";

/** A default as people would write it: `20m` for milliseconds. Undefined for those that say nothing. */
function asWritten(value: unknown, title: string | undefined): z.core.JSONSchema.JSONSchema["default"] {
  if (title === "duration" && typeof value === "number") return writtenDuration(value);
  return typeof value === "string" || Array.isArray(value) ? (value as string | string[]) : undefined;
}

/** JSON Schema (draft 2020-12) of fraises.yaml for editors, from the definitions that check it. */
export function configJsonSchema(families: Families): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema(families), {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      // Variables and files are text as far as an editor is concerned.
      const { def } = zodSchema._zod;
      if (def.type === "custom") jsonSchema.type = "string";
      // zod leaves out the examples and defaults of what it transforms: they are what comes out, and a schema says what goes in.
      const { examples } = z.globalRegistry.get(zodSchema) ?? {};
      if (examples !== undefined) jsonSchema.examples = examples as string[];
      if (def.type === "default" && jsonSchema.default === undefined) {
        const value = asWritten(def.defaultValue, jsonSchema.title);
        if (value !== undefined) jsonSchema.default = value;
      }
    },
  });
  return { ...schema, title: "fraises.yaml" };
}
