import type { Backups } from "../../../backups/backups.ts";
import type { BackupRun } from "../../../domain/backup-run.ts";
import { short } from "../../../domain/decision.ts";
import { targetName } from "../../../domain/fraise.ts";
import type { Invocation } from "../../command-entry.ts";
import { backupFacts, backupRunJson, sizeInWords } from "../../databases/backup-facts.ts";
import { withBackups } from "../../databases/with-backups.ts";
import { harmless } from "../../../domain/harmless.ts";
import type { Print } from "../../print/print.ts";
import type { TargetOptions } from "../../../actions/targets/target-words.ts";

/** `fraisier backup list <target>`: those on disk, and on record those that failed. */
export async function run(invocation: Invocation<TargetOptions>): Promise<number> {
  const { print } = invocation;
  return await withBackups(invocation, 0, async ({ app, target, backups }) => {
    const { whole, broken } = await backups.list();
    const there = new Set([...whole, ...broken].map(({ id }) => id));
    const failed = (await app.store.databases.backupHistory(target, { limit: 20 })).filter(
      ({ id, status }) => !there.has(id) && (status === "failed" || status === "running"),
    );
    if (print.isJson) {
      const { directory } = backups;
      const json = { backups: whole.map(backupFacts), broken, failed: failed.map(backupRunJson) };
      print.json({ target: targetName(target), directory, ...json });
      return;
    }
    print.line(`in ${backups.directory}`);
    const rows = [...rowsOnDisk({ whole, broken }, print), ...rowsOnRecord(failed, print)];
    print.table(
      [
        "BACKUP",
        { title: "WHEN", leaves: 5 },
        "STATE",
        { title: "SIZE", leaves: 4 },
        { title: "REVISION", leaves: 3 },
        { title: "BEFORE", leaves: 2 },
        { title: "ENGINE", leaves: 1 },
        "WHY",
      ],
      rows.toSorted(([a = ""], [b = ""]) => (a < b ? 1 : -1)),
    );
  });
}

function rowsOnDisk(
  { whole, broken }: Awaited<ReturnType<Backups["list"]>>,
  print: Print,
): readonly (readonly string[])[] {
  return [
    ...whole.map(({ id, manifest: { at, dump, revision, deployment, engine, reason } }) => [
      id,
      print.time(at),
      "complete",
      sizeInWords(dump.bytes),
      revision === null ? "-" : short(revision),
      deployment ?? "-",
      harmless(`${engine.name} ${engine.version}`),
      harmless(reason),
    ]),
    ...broken.map(({ id, problem }) => [id, "-", print.style("red", "broken"), "-", "-", "-", "-", harmless(problem)]),
  ];
}

function rowsOnRecord(failed: readonly BackupRun[], print: Print): readonly (readonly string[])[] {
  return failed.map(({ id, startedAt, status, revision, deployment, engine, error }) => [
    id,
    print.time(startedAt),
    print.style(status === "failed" ? "red" : "yellow", status),
    "-",
    revision === "" ? "-" : short(revision),
    deployment ?? "-",
    engine,
    harmless(error),
  ]);
}
