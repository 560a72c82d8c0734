import { counted } from "../../../domain/counted.ts";
import { StoreUnavailable } from "../../../domain/errors.ts";
import { EXIT } from "../../exit-codes.ts";
import { livingDaemon } from "../../../answers/daemon/living-daemon.ts";
import type { Invocation } from "../../command-entry.ts";
import { withReader } from "../../../compose/with-store.ts";

/** The output of `fraisier store check --json`. */
export interface StoreCheck {
  readonly version: number;
  /** Damages of the engine. */
  readonly problems: readonly string[];
  /** Rows that break a promise of the store. */
  readonly findings: readonly {
    readonly table: string;
    readonly row: string;
    readonly problem: string;
    readonly remedy: string;
  }[];
  readonly counts: { readonly deployments: number; readonly deliveries: number; readonly variables: number };
  readonly daemon: { readonly pid: number; readonly version: string } | null;
  readonly last_backup: {
    readonly at: string;
    readonly file: string;
    readonly bytes: number;
    readonly made_by: string;
  } | null;
}

/** `fraisier store check`: reads the whole store. Its migrations were compared when it was opened. */
export async function run({ options, print }: Invocation): Promise<number> {
  return await withReader(options.config, async ({ store }) => {
    const daemon = await livingDaemon(store);
    const last = await store.upkeep.lastBackup();
    const found: StoreCheck = {
      version: store.version(),
      problems: await store.check(),
      findings: await store.findBroken(),
      counts: await store.upkeep.counts(),
      daemon: daemon === undefined ? null : { pid: daemon.pid, version: daemon.version },
      last_backup:
        last === undefined ? null : { at: last.at, file: last.file, bytes: last.bytes, made_by: last.madeBy },
    };
    if (print.isJson) print.json(found);
    else {
      const { deployments, deliveries, variables } = found.counts;
      print.line(
        `version ${found.version}: ${deployments} deployments, ${deliveries} deliveries, ${variables} variables`,
      );
      print.line(last === undefined ? "last backup: none" : `last backup: ${print.time(last.at)}, ${last.file}`);
      for (const { table, row, problem, remedy } of found.findings) {
        print.prose("", `${table}, ${row}: ${problem}.`);
        print.prose("  ", remedy);
      }
      if (found.problems.length + found.findings.length === 0) print.line("The store is whole.");
    }
    if (found.problems.length + found.findings.length === 0) return EXIT.ok;
    if (found.problems.length === 0)
      throw new StoreUnavailable(
        `the store breaks ${counted(found.findings.length, "promise", "promises")}: ${found.findings.map(({ table, row }) => `${table}, ${row}`).join("; ")}`,
        { hint: "Do what is said for each of them, and run fraisier store check again." },
      );
    throw new StoreUnavailable(`the store is damaged: ${found.problems.join("; ")}`, {
      hint: `Stop the daemon, and restore a backup${store.inFile === undefined ? " of the database" : ": fraisier store restore <file>"}. Look at the disk, too. The store is ${store.name}.`,
    });
  });
}
