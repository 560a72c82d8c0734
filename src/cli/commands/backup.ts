import type { App } from "../../app.ts";
import { environmentOf, openApp, targetOf } from "../../app.ts";
import type { Backup } from "../../backups/backup-folder.ts";
import type { Backups } from "../../backups/backups.ts";
import type { Target } from "../../config/config.ts";
import { short } from "../../domain/decision.ts";
import { parseDatabaseUrl } from "../../databases/database-url.ts";
import { HostUnavailable, StepFailed, UsageError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import { backupsOfTarget, resolveBackup } from "../databases/backups-of-target.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";
import { onInterrupt } from "../deployments/interrupt.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { restoreBackup } from "../databases/restore-backup.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";

interface Options {
  readonly job?: string;
  readonly reason?: string;
  readonly yes?: boolean;
  readonly safetyBackup: boolean;
  readonly dryRun?: boolean;
}

interface Scene {
  readonly app: App;
  readonly target: Target;
  readonly backups: Backups;
  readonly options: Options;
  readonly print: Print;
  /** The words of the command line. */
  readonly typed: string | undefined;
  readonly signal: AbortSignal;
  log(line: string): void;
}

const VERBS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = { create, list, verify, restore, prune };

/** `fraisier backup <verb> <fraise> <environment> [backup]`. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [verb = "", fraise = "", environment = "", typed] = args;
  const act = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (act === undefined)
    throw new UsageError(`backup knows no "${verb}"`, { hint: `It knows ${Object.keys(VERBS).join(", ")}.` });
  const app = await openApp(options.config);
  const interruption = new AbortController();
  using _interrupt = onInterrupt(
    () => interruption.abort(new StepFailed("interrupted")),
    () => process.exit(EXIT.interrupted),
  );
  try {
    const target = targetOf(app.config, { fraise, environment, job: options.job ?? "" });
    const log = (line: string): void => {
      if (!print.isJson) print.line(harmless(line));
    };
    await withoutSecrets(app, target, async () => {
      const backups = await backupsOfTarget(app, target, interruption.signal, log);
      await act({ app, target, backups, options, print, typed, log, signal: interruption.signal });
    });
    return EXIT.ok;
  } finally {
    await app.store.close();
  }
}

async function create({ app, target, backups, options, print }: Scene): Promise<void> {
  const { env } = await environmentOf(app, target);
  const url = target.settings.database?.url?.reveal(env);
  // A deployment takes a missing file for an empty database, as it is before the first one. A person means a file that is there.
  const file = url === undefined ? undefined : parseDatabaseUrl(url);
  if (file?.scheme === "sqlite" && !(await app.host.files.exists(file.database)))
    throw new HostUnavailable(`there is no database ${file.database}`, { hint: "Is database.url right?" });
  const backup = await backups.create({ reason: options.reason ?? "by hand" });
  if (print.isJson) print.json({ target: targetName(target), backup: plain(backup) });
}

async function list({ app, target, backups, print }: Scene): Promise<void> {
  const { whole, broken } = await backups.list();
  const there = new Set([...whole, ...broken].map(({ id }) => id));
  const failed = (await app.store.backupHistory(target, { limit: 20 })).filter(
    ({ id, status }) => !there.has(id) && (status === "failed" || status === "running"),
  );
  if (print.isJson) {
    print.json({ target: targetName(target), directory: backups.directory, backups: whole.map(plain), broken, failed });
    return;
  }
  print.line(`in ${backups.directory}`);
  const rows = [
    ...whole.map(({ id, manifest: { at, dump, revision, deployment, engine, reason } }) => [
      id,
      print.time(at),
      "complete",
      size(dump.bytes),
      revision === null ? "-" : short(revision),
      deployment ?? "-",
      harmless(`${engine.name} ${engine.version}`),
      harmless(reason),
    ]),
    ...broken.map(({ id, problem }) => [id, "-", print.style("red", "broken"), "-", "-", "-", "-", harmless(problem)]),
    ...failed.map(({ id, started_at, status, revision, deployment_id, engine, error }) => [
      id,
      print.time(started_at),
      print.style(status === "failed" ? "red" : "yellow", status),
      "-",
      revision === "" ? "-" : short(revision),
      deployment_id ?? "-",
      engine,
      harmless(error),
    ]),
  ];
  print.table(
    ["BACKUP", "WHEN", "STATE", "SIZE", "REVISION", "BEFORE", "ENGINE", "WHY"],
    rows.toSorted(([a = ""], [b = ""]) => (a < b ? 1 : -1)),
  );
}

async function verify({ target, backups, print, typed }: Scene): Promise<void> {
  const backup = await backups.verify(await resolveBackup(backups, typed));
  if (print.isJson) print.json({ target: targetName(target), backup: plain(backup), verified: true });
  else print.line(`backup ${backup.id} is whole: ${size(backup.manifest.dump.bytes)}, as it was written, and readable`);
}

async function restore({ app, target, backups, options, print, typed, signal, log }: Scene): Promise<void> {
  const id = await resolveBackup(backups, typed);
  const { yes = false, safetyBackup } = options;
  const safety = await restoreBackup(app, target, backups, id, { yes, safetyBackup, signal, log });
  if (print.isJson) print.json({ target: targetName(target), restored: id, safety_backup: safety ?? null });
  else if (safety !== undefined)
    print.line(`to take this back: fraisier backup restore ${target.fraise} ${target.environment} ${safety}`);
}

async function prune({ target, backups, options, print }: Scene): Promise<void> {
  const dryRun = options.dryRun === true;
  const ids = (await backups.prune({ dryRun })).map(({ id }) => id);
  if (print.isJson) print.json({ target: targetName(target), [dryRun ? "would_remove" : "removed"]: ids });
  else print.line(`${dryRun ? "would remove" : "removed"}: ${ids.join(", ") || "nothing"}`);
}

function plain({ path, manifest, sha256 }: Backup): Record<string, unknown> {
  return { path, manifest_sha256: sha256, ...manifest };
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1] ?? ""}`;
}
