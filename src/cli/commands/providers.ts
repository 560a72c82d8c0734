import { readConfig } from "../../compose/app.ts";
import { forges } from "../../forges/index.ts";
import type { Invocation } from "../command-entry.ts";
import { instancesOf } from "../forges/instances-of.ts";
import { providersNamed, webhookUrl } from "../forges/providers-of.ts";
import { printProvider, providerJson } from "../forges/print-provider.ts";

/** `fraisier providers [forge]`: the webhook URL of every forge and instance, or everything that one forge wants to know. */
export async function run({ args: [name], options, print }: Invocation): Promise<number> {
  const config = await readConfig(options.config);
  if (name !== undefined) {
    const found = providersNamed(config, name);
    if (print.isJson) print.json({ providers: found.map(providerJson) });
    else for (const provider of found) printProvider(print, config, provider);
    return 0;
  }
  const configured = instancesOf(config);
  const unused = forges.filter((forge) => !Object.hasOwn(config.forges, forge.name));
  const rows = [
    ...configured.map(({ name: own, forge }) => ({ name: own, title: forge.title, configured: true })),
    ...unused.map(({ name: own, title }) => ({ name: own, title, configured: false })),
  ].map((row) => ({ ...row, webhook_url: webhookUrl(config, row.name) }));
  if (print.isJson) {
    print.json({ providers: rows });
    return 0;
  }
  print.table(
    ["NAME", "FORGE", "CONFIGURED", "WEBHOOK URL"],
    rows.map((row) => [row.name, row.title, row.configured ? print.style("green", "yes") : "no", row.webhook_url]),
  );
  print.line("fraisier providers <name> prints what to enter at the forge, which events to tick and how to test it.");
  return 0;
}
