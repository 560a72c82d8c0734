import type { JsonSchema } from "../openapi.ts";

/** The type of a value in words: `string or null`, `array of DeploymentSummary`. */
export function typeWords(schema: JsonSchema): string {
  const {
    $ref,
    type,
    format,
    anyOf,
    items,
    const: only,
    enum: values,
  } = schema as {
    $ref?: string;
    type?: string | readonly string[];
    format?: string;
    anyOf?: readonly JsonSchema[];
    items?: JsonSchema;
    const?: unknown;
    enum?: readonly unknown[];
  };
  if ($ref !== undefined) return $ref.split("/").at(-1) ?? "";
  if (anyOf !== undefined) return anyOf.map(typeWords).join(" or ");
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(", ");
  if (items !== undefined) return `array of ${typeWords(items)}`;
  if (format === "date-time") return type === "string" ? "time" : "time or null";
  return [type ?? "any"].flat().join(" or ");
}
