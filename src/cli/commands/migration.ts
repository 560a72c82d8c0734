import type { App } from "../../app.ts";
import { openApp, targetOf } from "../../app.ts";
import type { Target } from "../../config/config.ts";
import type { MigrationState } from "../../databases/migration-state.ts";
import type { Migrator } from "../../databases/migrator.ts";
import { StepFailed, UsageError } from "../../domain/errors.ts";
import { isProduction, targetName } from "../../domain/fraise.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";
import { holdTarget } from "../targets/hold-target.ts";
import { onInterrupt } from "../deployments/interrupt.ts";
import { limitOf } from "../arguments/limit.ts";
import { migrationsOfCurrent } from "../databases/migrations-of.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { withoutSecrets } from "../deployments/without-secrets.ts";

interface Options {
  readonly target?: string;
  readonly job?: string;
  readonly to?: string;
  readonly steps?: string;
  readonly dryRun?: boolean;
  readonly rebuild?: boolean;
  readonly forceRebuild?: boolean;
  readonly not?: boolean;
  readonly limit: string;
}

interface Scene {
  readonly app: App;
  readonly target: Target;
  /** Whether the verb reads the release that runs. */
  readonly migrator: () => Promise<Migrator>;
  readonly options: Options;
  readonly print: Print;
  /** The third word. */
  readonly name: string | undefined;
}

const VERBS: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  status,
  list,
  show,
  history,
  apply,
  rollback,
  "mark-applied": markApplied,
};

/** `fraisier migration <verb> <fraise> --target <environment>`: acts on the database of a target, with the migrations of the release that runs. */
export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [verb = "", fraise = "", name] = args;
  const act = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
  if (act === undefined)
    throw new UsageError(`migration knows no "${verb}"`, { hint: `It knows ${Object.keys(VERBS).join(", ")}.` });
  if (options.target === undefined)
    throw new UsageError("which environment?", { hint: `fraisier migration ${verb} ${fraise} --target production` });
  const app = await openApp(options.config);
  const interruption = new AbortController();
  using _interrupt = onInterrupt(
    () => interruption.abort(new StepFailed("interrupted")),
    () => process.exit(EXIT.interrupted),
  );
  try {
    const target = targetOf(app.config, { fraise, environment: options.target, job: options.job ?? "" });
    const log = (line: string): void => {
      if (!print.isJson) print.line(harmless(line));
    };
    const migrator = () => migrationsOfCurrent(app, target, interruption.signal, log, verb === "mark-applied");
    await withoutSecrets(app, target, () => act({ app, target, options, print, name, migrator }));
    return EXIT.ok;
  } finally {
    await app.store.close();
  }
}

async function status({ migrator, target, print }: Scene): Promise<void> {
  const states = await (await migrator()).states();
  if (print.isJson) {
    print.json({ target: targetName(target), migrations: states.map(plain) });
    return;
  }
  print.table(
    ["MIGRATION", "STATE", "APPLIED", "BY", "MS", "NOTE"],
    states.map((each) => [
      harmless(each.migration.id),
      each.state,
      print.time(each.state === "pending" ? null : each.recorded?.applied_at),
      harmless(each.state === "pending" ? "" : (each.recorded?.applied_by ?? "")),
      each.state === "pending" ? "" : String(each.recorded?.execution_time_ms ?? ""),
      harmless(noteOf(each)),
    ]),
  );
}

async function list({ migrator, target, print }: Scene): Promise<void> {
  const states = (await (await migrator()).states()).filter(({ state }) => state !== "missing");
  if (print.isJson) {
    print.json({ target: targetName(target), migrations: states.map(plain) });
    return;
  }
  print.table(
    ["MIGRATION", "SHA-256", "WAY BACK", "FILE"],
    states.map(({ migration: { id, sha256, reversible, file } }) => [
      harmless(id),
      sha256?.slice(0, 12) ?? "",
      wayBack(reversible),
      harmless(file ?? ""),
    ]),
  );
}

async function show({ migrator, app, target, print, name }: Scene): Promise<void> {
  const state = found(await (await migrator()).states(), name);
  const rows = (await app.store.migrationHistory(target, { limit: 10_000 })).filter((row) => row.migration === name);
  if (print.isJson) {
    print.json({ target: targetName(target), migration: plain(state), history: rows });
    return;
  }
  print.line(`${print.style("bold", harmless(state.migration.id))}: ${state.state} ${harmless(noteOf(state))}`);
  print.line(`file      ${harmless(state.migration.file ?? "-")}`);
  print.line(`SHA-256   ${state.migration.sha256 ?? "-"}`);
  print.line(`way back  ${wayBack(state.migration.reversible)}`);
  printHistory(print, rows);
}

async function history({ app, target, options, print }: Scene): Promise<void> {
  const rows = await app.store.migrationHistory(target, { limit: limitOf(options.limit) });
  if (print.isJson) print.json({ target: targetName(target), history: rows });
  else printHistory(print, rows);
}

async function apply(scene: Scene): Promise<void> {
  const { migrator, target, options, print } = scene;
  const { rebuild = false, to } = options;
  if (rebuild) refuseRebuild(target, options.forceRebuild === true);
  await using _held = await held(scene, "migrations are applied by hand");
  const subject = await migrator();
  if (options.dryRun === true) {
    const states = await subject.states();
    const last = to === undefined ? states.length : states.indexOf(found(states, to)) + 1;
    const pending = states
      .slice(0, last)
      .filter(({ state }) => state === "pending" || state === "unknown" || (rebuild && state !== "missing"));
    sayWhat(print, rebuild ? "would empty the database, then apply" : "would apply", pending.map(idOf));
    return;
  }
  const applied = await subject.apply({ rebuild, ...(to === undefined ? {} : { to }) });
  sayWhat(
    print,
    "applied",
    applied.map(({ id }) => id),
  );
}

async function rollback(scene: Scene): Promise<void> {
  const { migrator, options, print } = scene;
  await using _held = await held(scene, "migrations are taken back by hand");
  const subject = await migrator();
  const which = (states: readonly MigrationState[]): readonly MigrationState[] => {
    const applied = states.filter(({ state }) => state !== "pending");
    const foreign = applied.filter(({ state }) => state === "missing").map(idOf);
    // These migrations came later than anything this release has, or their time is unknown. The older migrations that they build on must not go first.
    if (foreign.length > 0) {
      throw new StepFailed(
        `nothing is taken back: this release does not know ${foreign.join(", ")}, which the database has`,
        {
          hint: "The release that applied them has their way back: deploy that revision first.",
        },
      );
    }
    if (options.to === undefined) return applied.slice(-stepsOf(options.steps ?? "1"));
    return applied.slice(applied.indexOf(found(applied, options.to)) + 1);
  };
  if (options.dryRun === true) {
    const chosen = which(await subject.states()).toReversed();
    const stop = chosen.findIndex(({ migration }) => migration.reversible === false);
    sayWhat(print, "would take back", (stop === -1 ? chosen : chosen.slice(0, stop)).map(idOf));
    if (stop === -1) return;
    const stay = chosen.slice(stop).map(idOf);
    throw new StepFailed(`it would stop at ${stay[0]}, which has no way back; applied still: ${stay.join(", ")}`, {
      hint: "Write what takes it back by hand, or restore a backup.",
    });
  }
  const taken = await subject.takeBack(which);
  sayWhat(
    print,
    "took back",
    taken.map(({ id }) => id),
  );
}

async function markApplied(scene: Scene): Promise<void> {
  const { migrator, options, print, name } = scene;
  await using _held = await held(scene, "a migration is marked by hand");
  const subject = await migrator();
  const state = found(await subject.states(), name);
  const applied = options.not !== true;
  const what = applied ? "marked as applied" : "marked as not applied";
  if (options.dryRun !== true) await subject.mark(state.migration.id, applied);
  sayWhat(print, options.dryRun === true ? `would be ${what}` : what, [state.migration.id]);
}

/** This happens before the running release is looked up: no deployment changes it, nor the database, meanwhile. A dry run keeps no deployment waiting. */
async function held({ app, target, options }: Scene, reason: string): Promise<AsyncDisposable | undefined> {
  return options.dryRun === true ? undefined : await holdTarget(app, target, reason);
}

/** @throws UsageError unless a person has allowed it twice: in fraises.yaml and on the command line. */
function refuseRebuild({ settings, environment, fraise }: Target, isForced: boolean): void {
  if (!isProduction(environment)) return;
  const isAllowed = settings.database?.allow_rebuild_in_production === true;
  if (isAllowed && isForced) return;
  throw new UsageError(`this would empty the database of ${fraise}/${environment}`, {
    hint: `Two things allow it: allow_rebuild_in_production: true under its database (${isAllowed ? "is" : "is not"} there), and --force-rebuild (${isForced ? "is" : "is not"} there).`,
  });
}

function stepsOf(text: string): number {
  const steps = Number(text);
  if (Number.isInteger(steps) && steps >= 1) return steps;
  throw new UsageError(`--steps is "${text}": a whole number from 1`);
}

function found(states: readonly MigrationState[], name: string | undefined): MigrationState {
  const state = states.find(({ migration }) => migration.id === name);
  if (state !== undefined) return state;
  throw new UsageError(name === undefined ? "which migration?" : `there is no migration ${name} here`, {
    hint: `There are: ${states.map(idOf).join(", ") || "none"}.`,
  });
}

function idOf({ migration }: MigrationState): string {
  return migration.id;
}

function wayBack(reversible: boolean | undefined): string {
  return reversible === undefined ? "the tool knows" : reversible ? "yes" : "no";
}

function noteOf({ outOfOrder, state, migration, recorded }: MigrationState): string {
  return [
    outOfOrder ? "out of order" : "",
    state === "missing" ? "not in this release" : "",
    migration.reversible === false && state !== "missing" ? "no way back" : "",
    recorded?.error ?? "",
  ]
    .filter((part) => part !== "")
    .join("; ");
}

function plain({ migration, state, outOfOrder, recorded }: MigrationState): Record<string, unknown> {
  return {
    id: migration.id,
    state,
    out_of_order: outOfOrder,
    reversible: migration.reversible ?? null,
    file: migration.file ?? null,
    sha256: migration.sha256 ?? null,
    applied_at: recorded?.applied_at ?? null,
    applied_by: recorded?.applied_by ?? null,
    execution_time_ms: recorded?.execution_time_ms ?? null,
    last_status: recorded?.status ?? null,
    error: recorded?.error ?? "",
  };
}

type Rows = Awaited<ReturnType<App["store"]["migrationHistory"]>>;

function printHistory(print: Print, rows: Rows): void {
  print.table(
    ["WHEN", "MIGRATION", "STATUS", "MS", "BY", "DEPLOYMENT", "ERROR"],
    rows.map((row) => [
      print.time(row.applied_at ?? row.started_at),
      harmless(row.migration),
      row.status,
      String(row.execution_time_ms ?? ""),
      harmless(row.applied_by),
      row.deployment_id ?? "",
      harmless(row.error),
    ]),
  );
}

function sayWhat(print: Print, what: string, ids: readonly string[]): void {
  if (print.isJson) print.json({ [what.replaceAll(/[ ,]+/g, "_")]: ids });
  else print.line(harmless(`${what}: ${ids.join(", ") || "nothing"}`));
}
