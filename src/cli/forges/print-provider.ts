import type { Config } from "../../config/config.ts";
import { needsPublicUrl } from "../../forges/setup.ts";
import type { Print } from "../print/print.ts";
import type { Provider } from "./providers-of.ts";

/** A provider as `--json` shows it. */
export function providerJson({ forge, name, url, isConfigured, setup }: Provider): unknown {
  return {
    name: setup.name,
    forge: forge.name,
    instance: name,
    title: setup.product,
    webhook_url: url,
    configured: isConfigured,
    page: setup.page,
    fields: [...setup.fields, setup.secret],
    content_type: setup.contentType,
    secret_field: setup.secret.label,
    events: setup.events,
    tls: setup.tls,
    network: setup.network,
    test: setup.test,
    redeliver: setup.redeliver,
    timeout: setup.timeout,
    notes: setup.notes,
    commands: setup.commands,
  };
}

/** Everything that a person enters at one forge, in the order of its form. */
export function printProvider(
  print: Print,
  { server }: Pick<Config, "server">,
  { forge, name, isConfigured, setup }: Provider,
): void {
  print.line(print.style("bold", setup.product));
  print.facts([
    ["Where", setup.page],
    ...setup.fields.map(({ label, value }) => [label, value] as const),
    [setup.secret.label, setup.secret.value],
    ...setup.events.map((event, index) => [index === 0 ? "Events to tick" : "", event] as const),
    ["Sent as", setup.contentType],
    ["Certificate", setup.tls],
    ["Local network", setup.network],
    ["Test", setup.test],
    ["Send again", setup.redeliver],
    ["Waits", setup.timeout],
    ...setup.notes.map((note) => ["Note", note] as const),
    ...setup.commands.map((command, index) => [index === 0 ? "Commands" : "", command] as const),
  ]);
  if (!isConfigured) print.line(`git.${name} is not in fraises.yaml yet: fraisier refuses its deliveries.`);
  if (server.public_url === undefined && needsPublicUrl(forge))
    print.line("server.public_url is not set: set it to the address by which the forge reaches this machine.");
  print.line();
}
