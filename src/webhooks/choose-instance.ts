import { isWithin } from "../domain/addresses.ts";
import { DeliveryRejected } from "../domain/errors.ts";
import type { Forge } from "../forges/forge.ts";
import { forgeByHeaders, forgeNamed } from "./choose-forge.ts";
import type { Instance } from "./instance.ts";
import type { RequestHead } from "./receive.ts";

/**
 * The instance that a request is for: its URL names an instance, a forge or a product (`forgejo`), or the headers tell. Everything that can be said
 * about a request before its body is read is said here.
 * @param forges in the order in which headers are asked.
 * @throws DeliveryRejected 404 if fraises.yaml has no such instance, 400 if URL and headers contradict each other (the secret of one forge proves
 * nothing about another), 403 if the address may not send to it.
 */
export function chooseInstance(
  { forgeName, headers, remoteAddress }: RequestHead,
  instances: readonly Instance[],
  forges: readonly Forge[],
): Instance {
  const sender = forgeByHeaders(headers, forges);
  const instance =
    forgeName === undefined ? onlyInstance(sender, instances) : namedInstance(forgeName, sender, instances, forges);
  if (instance.allowFrom.length > 0 && !isWithin(instance.allowFrom, remoteAddress))
    throw new DeliveryRejected(403, `deliveries to ${instance.name} are not accepted from this address`, {
      hint: `git.${instance.name}.allow_from in fraises.yaml names the addresses that may send them. Behind a proxy, server.trusted_proxies must name the proxy.`,
    });
  return instance;
}

/** By its own name, or by that of a forge or product, of which there is one instance under the forge's own name. */
export function instanceNamed(
  name: string,
  instances: readonly Instance[],
  forges: readonly Forge[],
): Instance | undefined {
  const forge = forgeNamed(name, forges);
  return instances.find((each) => each.name === name) ?? instances.find((each) => each.name === forge?.name);
}

function namedInstance(
  name: string,
  sender: Forge | undefined,
  instances: readonly Instance[],
  forges: readonly Forge[],
): Instance {
  const found = instanceNamed(name, instances, forges);
  const named = found?.forge ?? forgeNamed(name, forges);
  if (named === undefined)
    throw new DeliveryRejected(404, `no forge is called ${name.slice(0, 40)}`, { hint: urlHint(instances) });
  if (sender !== undefined && sender !== named)
    throw new DeliveryRejected(400, `the headers are those of ${sender.title}, but the URL is that of ${named.title}`, {
      hint: `Set the URL of the webhook to /webhook/${sender.name}.`,
    });
  if (found === undefined) throw notConfigured(named.title, named.name, instances);
  return found;
}

function onlyInstance(sender: Forge | undefined, instances: readonly Instance[]): Instance {
  if (sender === undefined)
    throw new DeliveryRejected(400, "unrecognised forge: the request has no known webhook headers", {
      hint: urlHint(instances),
    });
  const [found, ...others] = instances.filter(({ forge }) => forge === sender);
  if (found === undefined) throw notConfigured(sender.title, sender.name, instances);
  if (others.length > 0)
    throw new DeliveryRejected(400, `several instances of ${sender.title} are configured here`, {
      hint: urlHint([found, ...others]),
    });
  return found;
}

function notConfigured(title: string, name: string, instances: readonly Instance[]): DeliveryRejected {
  return new DeliveryRejected(404, `webhooks of ${title} are not configured here`, {
    hint: `Add git.${name} to fraises.yaml. ${urlHint(instances)}`,
  });
}

function urlHint(instances: readonly Instance[]): string {
  const names = instances.map(({ name }) => name).join(", ");
  return names === "" ? "fraises.yaml names no forge yet." : `The URL is /webhook/<forge> with one of ${names}.`;
}
