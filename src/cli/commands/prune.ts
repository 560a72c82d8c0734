import { cutoffs, prune } from "../../queue/retention.ts";
import type { Forgettable } from "../../store/writes/forget.ts";
import type { Invocation } from "../command-entry.ts";
import { withReader } from "../../compose/with-store.ts";

const WORDS: Readonly<Record<Forgettable, string>> = {
  refused: "deliveries that were refused",
  changes: "changes for open pages",
  payloads: "bodies of deliveries",
  logs: "logs of deployments",
  deliveries: "deliveries",
  deployments: "deployments",
  actions: "acts of people",
};

export async function run({ options, print }: Invocation<{ readonly dryRun?: boolean }>): Promise<number> {
  return await withReader(options.config, async ({ config, store }) => {
    const now = new Date();
    const before = await store.size();
    if (options.dryRun === true) {
      const limits = cutoffs(config.store, now);
      const counts: [string, number][] = [];
      for (const [what, limit] of Object.entries(limits))
        counts.push([what, await store.upkeep.forgettable(what as Forgettable, limit)]);
      if (print.isJson) print.json({ dry_run: true, bytes: before, would_forget: Object.fromEntries(counts) });
      else {
        print.line(`The store holds ${mebibytes(before)} MiB. Nothing is done; at most this would be forgotten:`);
        for (const [what, count] of counts) print.line(`  ${count} ${WORDS[what as Forgettable]}`);
      }
      return 0;
    }
    const forgotten = await prune(store, config.store, now);
    const after = await store.size();
    if (print.isJson) print.json({ forgotten, bytes_before: before, bytes_after: after });
    else {
      const what = Object.entries(forgotten).map(([name, count]) => `${count} ${WORDS[name as Forgettable]}`);
      print.line(what.length === 0 ? "Nothing is older than it is to be kept." : `Forgotten: ${what.join(", ")}.`);
      print.line(`The store holds ${mebibytes(after)} MiB (before: ${mebibytes(before)} MiB).`);
    }
    return 0;
  });
}

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
