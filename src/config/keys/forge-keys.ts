import { z } from "zod";
import type { Families } from "../families.ts";
import type { Fields } from "./fields.ts";
import { means } from "./means.ts";

/** The section `git:`: every forge by its name, and further instances of a forge under names of their own. */
export function forgeKeys(forges: Families["forges"], kinds: Fields) {
  const { text } = kinds;
  const forgeSettings = Object.fromEntries(
    forges.map((forge) => [
      forge.name,
      z
        .strictObject({
          provider: z
            .literal(forge.name)
            .optional()
            .meta({ description: "The forge itself; only an instance has to say it", examples: [forge.name] }),
          ...keysOf(forge, kinds),
        })
        .optional()
        .describe(`Deliveries of ${forge.name} are accepted: \`POST /webhook/${forge.name}\``),
    ]),
  );
  const [firstInstance, ...otherInstances] = forges.map((forge) =>
    z.strictObject({ provider: z.literal(forge.name).describe("The forge that it is"), ...keysOf(forge, kinds) }),
  );
  if (firstInstance === undefined) throw new Error("there is no forge");
  const instance = z
    .discriminatedUnion("provider", [firstInstance, ...otherInstances])
    .describe("Another instance of a forge, under a name of its own: `POST /webhook/<name>`");
  return z
    .strictObject({
      provider: text.optional().meta(means("The forge of fraises that name none", "the only one there is")),
      ...forgeSettings,
    })
    .catchall(instance)
    .default({})
    .describe("The forges that may send webhooks");
}

/** The keys of one forge, below its own name or that of an instance. */
function keysOf(forge: Families["forges"][number], kinds: Fields) {
  const { text, addressRange, listOf } = kinds;
  const address = "Address of the instance; `clone_url` is made from it";
  return {
    base_url: text.optional().meta({
      ...means(address, forge.baseUrl === undefined ? undefined : `\`${forge.baseUrl}\``),
      examples: [`https://${forge.name}.example.com`],
    }),
    ...secretKeys(kinds, forge),
    allow_from: listOf(addressRange)
      .default([])
      .meta({
        ...means("Addresses or ranges of addresses that may send its deliveries", "every address"),
        examples: ["[192.30.252.0/22, 2a0a:a440::/29]"],
      }),
  };
}

type ForgeKeys = Pick<Families["forges"][number], "name" | "secretKeys" | "signingTokenKeys">;

/** The keys that hold the secrets of a forge. */
function secretKeys({ secret, listOf }: Fields, { name, secretKeys: keys, signingTokenKeys }: ForgeKeys) {
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
