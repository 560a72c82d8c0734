import type { Families } from "../families.ts";
import type { Fields } from "./fields.ts";

type ForgeKeys = Pick<Families["forges"][number], "name" | "secretKeys" | "signingTokenKeys">;

/** The keys that hold the secrets of a forge. */
export function secretKeys({ secret, listOf }: Fields, { name, secretKeys: keys, signingTokenKeys }: ForgeKeys) {
  const secrets = (description: string) =>
    listOf(secret)
      .optional()
      .meta({ description, examples: [`"\${${name.toUpperCase()}_SECRET}"`] });
  return Object.fromEntries([
    ...keys.map((key) => [
      key,
      secrets("The secret that deliveries are signed with, or bring along; several while it is rotated"),
    ]),
    ...signingTokenKeys.map((key) => [key, secrets("Once set, deliveries must be signed with it")]),
  ]);
}
