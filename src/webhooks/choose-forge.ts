import { DeliveryRejected } from "../domain/errors.ts";
import type { Forge } from "../forges/forge.ts";

type Headers = Readonly<Record<string, string>>;

/** The forge whose headers these are; `forges` in the order in which headers are asked. */
export function forgeByHeaders(headers: Headers, forges: readonly Forge[]): Forge | undefined {
  return forges.find(({ eventHeaders }) => eventHeaders.some((name) => headers[name.toLowerCase()] !== undefined));
}

/**
 * The forge that a request is for: its URL names a forge or a product (`forgejo`), or the headers tell.
 * @throws DeliveryRejected if there is no such forge, or if URL and headers contradict each other: the secret of one forge proves nothing about another.
 */
export function chooseForge(urlName: string | undefined, headers: Headers, forges: readonly Forge[]): Forge {
  const sender = forgeByHeaders(headers, forges);
  if (urlName === undefined) {
    if (sender !== undefined) return sender;
    throw new DeliveryRejected(400, "the headers are of no forge fraisier knows", {
      hint: `Use /webhook/<forge> with one of ${namesOf(forges)}.`,
    });
  }
  const named = forgeNamed(urlName, forges);
  if (named === undefined)
    throw new DeliveryRejected(404, `no forge is called ${urlName.slice(0, 40)}`, {
      hint: `The URL is /webhook/<forge> with one of ${namesOf(forges)}.`,
    });
  if (sender !== undefined && sender !== named) {
    throw new DeliveryRejected(400, `the headers are those of ${sender.title}, but the URL is that of ${named.title}`, {
      hint: `Set the URL of the webhook to /webhook/${sender.name}.`,
    });
  }
  return named;
}

/** By its own name or by that of a product that sends the same deliveries. */
export function forgeNamed(name: string, forges: readonly Forge[]): Forge | undefined {
  return forges.find((forge) => forge.name === name || forge.setup.some((product) => product.name === name));
}

function namesOf(forges: readonly Forge[]): string {
  return [...new Set(forges.flatMap((forge) => [forge.name, ...forge.setup.map(({ name }) => name)]))].join(", ");
}
