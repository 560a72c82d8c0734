import { DeliveryRejected } from "../domain/errors.ts";
import type { Delivery, Reading } from "../domain/event.ts";
import type { Authentic } from "../forges/forge.ts";
import type { Instance, KnownSecrets } from "./instance.ts";
import { secretsFor } from "./instance.ts";

/** The secrets that signed a delivery. Several repositories may have equal secrets. */
export type Proofs = ReadonlyMap<KnownSecrets, Authentic>;

/** Why none of an instance's secrets signed a delivery. */
export interface Unproven {
  readonly reason: string;
}

/** Larger bodies take so long that other requests get their turn between two secrets. */
const LARGE_BYTES = 2 ** 20;

/**
 * Compares a delivery with every secret of its instance, before anything in its body is looked at: what the body says about its repository is a
 * claim until a secret has signed it.
 */
export async function proveDelivery(
  { forge, shared, own }: Instance,
  delivery: Delivery,
  now: Date,
): Promise<Proofs | Unproven> {
  const proofs = new Map<KnownSecrets, Authentic>();
  let reason: string | undefined;
  const all = [shared, ...own.values()].filter(
    ({ secrets, signingTokens }) => secrets.length + signingTokens.length > 0,
  );
  // All are compared: the time that it takes does not tell which of them matched.
  for (const secrets of all.length === 0 ? [shared] : all) {
    const verification = await forge.verify(delivery, secrets, now);
    if (verification.authentic) proofs.set(secrets, verification);
    else reason ??= verification.reason;
    if (delivery.body.byteLength > LARGE_BYTES) await turn();
  }
  return proofs.size > 0 ? proofs : { reason: reason ?? "the signature is missing" };
}

/**
 * The proof that counts for what a delivery says: the one of its repository's own secret, or of the shared one if the repository has no own.
 * @throws DeliveryRejected 401 if another repository's secret signed it, or the shared one a repository that has its own.
 */
export function proofOf(
  instance: Instance,
  proofs: Proofs,
  { events }: Reading,
): { readonly secrets: KnownSecrets; readonly proof: Authentic } {
  for (const repository of new Set(events.map((event) => event.repository))) {
    const secrets = secretsFor(instance, repository);
    // An event of no repository, a ping, deploys nothing.
    if (repository !== "" && !proofs.has(secrets))
      throw new DeliveryRejected(401, "the secret that signed this is not the secret of its repository", {
        hint: `Set the secret of the webhook to the one of ${secrets.key} in fraises.yaml.`,
      });
  }
  const named = events.find(({ repository }) => repository !== "");
  const secrets = named === undefined ? undefined : secretsFor(instance, named.repository);
  const found = [...proofs].find(([each]) => secrets === undefined || each === secrets);
  if (found === undefined) throw new DeliveryRejected(401, "the signature is missing");
  return { secrets: found[0], proof: found[1] };
}

async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}
