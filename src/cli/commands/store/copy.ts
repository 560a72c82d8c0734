import { livingDaemon } from "../../../answers/daemon/living-daemon.ts";
import { readConfig } from "../../../compose/app.ts";
import { copyInto } from "../../../compose/copy-into.ts";
import { withExistingStore } from "../../../compose/with-store.ts";
import type { Config } from "../../../config/config.ts";
import { HostUnavailable, StoreUnavailable } from "../../../domain/errors.ts";
import { notice } from "../../../notices.ts";
import type { StoreCopy } from "../../../store/copying/fill-target.ts";
import { copyAdvice } from "../../archives/copy-advice.ts";
import { copyTarget } from "../../archives/copy-target.ts";
import type { Invocation } from "../../command-entry.ts";
import { EXIT } from "../../exit-codes.ts";
import type { Print } from "../../print/print.ts";

interface Options {
  readonly to?: string;
  readonly passwordFile?: string;
  readonly dryRun?: boolean;
}

/** `fraisier store copy`. */
export async function run({ options, print }: Invocation<Options>): Promise<number> {
  // These are read before root becomes the owner of the state folder, who may not read them.
  const target = await copyTarget(options.to, options.passwordFile);
  const config = await readConfig(options.config);
  await refuseDaemon(config);
  const isDryRun = options.dryRun === true;
  let isBegun = false;
  let copy: StoreCopy;
  try {
    copy = await copyInto(config, {
      to: target.url,
      isDryRun,
      onProgress({ work, table, rows, of }) {
        isBegun = true;
        print.live?.draw([`${work} ${table}: ${rows.toLocaleString("en")} of ${of.toLocaleString("en")} rows`]);
      },
    });
  } catch (error) {
    if (isBegun)
      notice(
        "The copy is not whole, and cannot be used as a store. Run the same command again: it goes on with what is missing.",
      );
    throw error;
  } finally {
    print.live?.draw([]);
  }
  const advice = copyAdvice(config, target);
  if (print.isJson) print.json({ ...asJson(copy), dry_run: isDryRun, next_steps: advice });
  else tell(copy, { isDryRun, advice }, print);
  return EXIT.ok;
}

/** @throws HostUnavailable while a daemon of this machine works with the store, StoreUnavailable if there is no store. */
async function refuseDaemon(config: Config): Promise<void> {
  await withExistingStore(config, async (store) => {
    if (store === undefined)
      throw new StoreUnavailable("there is no store to copy: the one that fraises.yaml names does not exist", {
        hint: `Look at store.url in ${config.file}.`,
      });
    const daemon = await livingDaemon(store);
    if (daemon === undefined) return;
    throw new HostUnavailable(`a daemon works with the store ${store.name} (process ${daemon.pid})`, {
      hint: "Stop it first, so that nothing is recorded that the copy does not have: sudo systemctl stop fraisier",
    });
  });
}

function asJson({ from, to, isResumed, version, tables, leftOut }: StoreCopy): object {
  return {
    from,
    to,
    resumed: isResumed,
    version,
    rows: rowsIn(tables),
    tables: tables.map(({ table, rows, sha256, replaced }) => ({ table, rows, sha256: sha256 ?? null, replaced })),
    left_out: leftOut,
  };
}

function rowsIn(tables: StoreCopy["tables"]): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0);
}

interface Outcome {
  readonly isDryRun: boolean;
  readonly advice: readonly string[];
}

function tell(copy: StoreCopy, { isDryRun, advice }: Outcome, print: Print): void {
  const { from, to, tables } = copy;
  const filled = tables.filter(({ rows }) => rows > 0);
  print.table(
    isDryRun ? ["TABLE", "ROWS"] : ["TABLE", "ROWS", "SHA-256"],
    filled.map(({ table, rows, sha256 }) => [table, String(rows), ...(sha256 === undefined ? [] : [sha256])]),
    "The store has no rows.",
  );
  const sum = `${rowsIn(tables)} rows of ${tables.length} tables`;
  if (isDryRun)
    print.line(
      `Nothing is written. ${sum} of ${from} would be copied to ${to}${copy.isResumed ? ", which has a part of them" : ""}. Then:`,
    );
  else {
    print.line(
      `${sum} of ${from} are in ${to}${copy.isResumed ? ", some from an earlier run" : ""}. Each table was compared by the hashes of its rows.`,
    );
    for (const { table, replaced } of tables)
      if (replaced > 0)
        print.line(
          `${table}: the character with the number 0, which PostgreSQL cannot hold, is U+FFFD in ${replaced} texts.`,
        );
    for (const table of copy.leftOut) print.line(`${table} is not a table of fraisier's, and was left out.`);
    print.line(`${from} stays as it is. To use the copy:`);
  }
  for (const each of advice) print.line(`  ${each}`);
  print.line("  Start the daemon: sudo systemctl start fraisier");
}
