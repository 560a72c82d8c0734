import { resolve } from "node:path";
import { readArchive } from "../../../archives/read-archive.ts";
import { EXIT } from "../../exit-codes.ts";
import { harmless } from "../../../domain/harmless.ts";
import { keyOf } from "../../archives/archive-keys.ts";
import type { OpeningOptions } from "../../archives/archive-keys.ts";
import type { Invocation } from "../../command-entry.ts";

/** `fraisier store verify <file>`: reads a backup to its end, compares it with its manifest, and writes nothing. */
export async function run({ args, options, print }: Invocation<OpeningOptions>): Promise<number> {
  const file = resolve(args[0] ?? "");
  const manifest = await readArchive(file, await keyOf(options), async (_name, content) => {
    for await (const _chunk of content);
  });
  if (print.isJson) print.json({ file, whole: true, manifest });
  else {
    const { deployments, deliveries, variables } = manifest.counts;
    print.line(
      `${file} is whole. fraisier ${manifest.program} made it ${print.time(manifest.made_at)} on ${harmless(manifest.host)}.`,
    );
    print.line(`It holds ${manifest.parts.map(({ name }) => name).join(", ")}:`);
    print.line(`${deployments} deployments, ${deliveries} deliveries, ${variables} variables.`);
  }
  return EXIT.ok;
}
