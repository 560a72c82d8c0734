import type { Secret } from "../config.ts";
import type { MakeSecret } from "../targets/draft.ts";
import { isSecretField } from "./fields.ts";
import type { SecretField } from "./fields.ts";

/** The values that a schema gives, each SecretField in them made a Secret. */
export type WithSecrets<Value> = Value extends SecretField
  ? Secret
  : Value extends readonly (infer Item)[]
    ? readonly WithSecrets<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: WithSecrets<Value[Key]> }
      : Value;

export function withSecrets<Value>(value: Value, secret: MakeSecret): WithSecrets<Value>;
export function withSecrets(value: unknown, secret: MakeSecret): unknown {
  if (isSecretField(value)) return secret(value);
  if (Array.isArray(value)) return value.map((each) => withSecrets(each, secret));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withSecrets(each, secret)]));
}
