import { readConfig } from "../../app.ts";
import { forges } from "../../forges/index.ts";
import type { Invocation } from "../command-entry.ts";

export async function run({ options, print }: Invocation): Promise<number> {
  const { forges: configured, server } = await readConfig(options.config);
  const base = server.public_url ?? `http://${server.host}:${server.port}`;
  const rows = forges.map(({ name, title }) => ({
    name,
    title,
    webhook_url: `${base}/webhook/${name}`,
    configured: Object.hasOwn(configured, name),
  }));
  if (print.isJson) print.json({ providers: rows });
  else {
    print.table(
      ["NAME", "FORGE", "CONFIGURED", "WEBHOOK URL"],
      rows.map((row) => [row.name, row.title, row.configured ? print.style("green", "yes") : "no", row.webhook_url]),
    );
  }
  return 0;
}
