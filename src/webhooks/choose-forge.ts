import type { Forge } from "../forges/forge.ts";

type Headers = Readonly<Record<string, string>>;

/** The forge whose headers these are; `forges` in the order in which headers are asked. */
export function forgeByHeaders(headers: Headers, forges: readonly Forge[]): Forge | undefined {
  return forges.find(({ eventHeaders }) => eventHeaders.some((name) => headers[name.toLowerCase()] !== undefined));
}

/** By its own name or by that of a product that sends the same deliveries. */
export function forgeNamed(name: string, forges: readonly Forge[]): Forge | undefined {
  return forges.find((forge) => forge.name === name || forge.setup.some((product) => product.name === name));
}
