import type { Config, Target } from "../../config/config.ts";
import { commandEnvironment } from "../../config/secrets/command-environment.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { ReloadFailure } from "../../domain/trouble.ts";
import { covers } from "../../domain/lock.ts";
import type { Host } from "../../host/host.ts";
import { lifeOfHolder } from "../../queue/living-locks.ts";
import { withShownUnits } from "../../service-managers/shown-units.ts";
import { daemonView } from "../daemon/daemon-view.ts";
import { livingDaemon } from "../daemon/living-daemon.ts";
import type { StatusDocument, TargetStatus } from "../schemas/status-document.ts";
import type { Sources } from "../sources.ts";
import { inTurns } from "../in-turns.ts";
import type { Within } from "../within.ts";
import { gapsOf } from "./gaps-of.ts";
import { jobRuns } from "./job-runs.ts";
import { createLook, isWanted, knownTargets } from "./known-targets.ts";
import { targetStatusJson } from "./target-status-json.ts";
import type { Store } from "../../store/store.ts";
import { deploymentAdvice } from "../stories/deployment-advice.ts";
import type { KnownTarget, TargetRow } from "./known-targets.ts";

export interface StatusQuestion {
  readonly targets: Partial<TargetKey>;
  /** Undefined if the host is not to be asked: then the answer says what the daemon saw last. */
  readonly host: Host | undefined;
  readonly within?: Within;
  /** Hears of each target, by name, as soon as the target and all before it have been looked at. */
  readonly onTarget?: ((target: TargetStatus) => void) | undefined;
  /** Leaves the advice out, which asks the store once for each target that needs help. */
  readonly isBrief?: boolean;
}

/** The state of some targets, by name, and that of the daemon. */
export async function answerStatus(
  sources: Sources,
  { targets: filter, host: machine, within, isBrief = false, onTarget }: StatusQuestion,
): Promise<StatusDocument> {
  const { config, store } = sources;
  const host = machine && (await askedOnce(machine, config, filter));
  const all = await knownTargets(sources, filter);
  const known = within === undefined ? all : all.filter(({ key }) => within(key));
  const verified = new Map((await store.verifications.status(filter)).map((row) => [targetName(row), row]));
  // A question writes nothing: the daemon removes the locks of dead processes.
  const locks = (await store.targets.locks()).filter((lock) => lifeOfHolder(lock) !== "dead");
  const daemon = await livingDaemon(store);
  const runs = await jobRuns(
    known.flatMap((each) => targetHere(each, store.host) ?? []),
    host,
  );
  const hostOf = await shownHosts(store);
  const look = createLook({ ...sources, host });
  const describe = async (each: KnownTarget): Promise<TargetStatus> => {
    const { name, key, target } = each;
    const row = await look(each);
    return targetStatusJson({
      name,
      row,
      verification: verified.get(name),
      locks: locks.filter((lock) => covers(lock, key)),
      isConfigured: target !== undefined,
      host: hostOf(row),
      runs: runs.get(name),
      advice: row === undefined || isBrief ? undefined : await statusAdvice(store, row),
      gaps:
        host === undefined
          ? undefined
          : await gapsOf(targetHere(each, store.host), host, config.deployment.state_directory),
      stuckAfter: config.deployment.stuck_after,
    });
  };
  const targets = await inTurns(known, TARGETS_AT_ONCE, describe, onTarget);
  const view = daemonView(daemon, config, store);
  // The keys of the local file name targets that an asker with limits may not know of.
  if (within === undefined) return { version: 1, targets, daemon: view, ...configurationView(config) };
  if (view === null) return { version: 1, targets, daemon: view };
  const names = new Set(targets.map(({ target }) => target));
  const troubles = view.troubles.filter(({ kind, subject }) => kind !== "target" || names.has(subject));
  return { version: 1, targets, daemon: { ...view, troubles, reload_failure: withoutNames(view.reload_failure) } };
}

/** The failure of a reload for an asker with limits: its words may name other targets. */
function withoutNames(failure: ReloadFailure | null) {
  const message = "fraises.yaml could not be loaded; a token for all targets shows why";
  return failure && { at: failure.at, message, problems: [] };
}

/** Says on which host a target lives, if there are several. */
async function shownHosts({ daemons, host }: Store): Promise<(row: TargetRow | undefined) => string | undefined> {
  const hasSeveral = host !== "" && (await daemons.hosts()).length > 1;
  return (row) => (hasSeveral ? row?.host : undefined);
}

/** The target of fraises.yaml, if it lives on this host, or may do so: only then can it be looked at here. */
function targetHere({ row, target }: KnownTarget, host: string): Target | undefined {
  if (target === undefined) return undefined;
  const isHere = row === undefined ? (target.hosts?.includes(host) ?? true) : row.host === host;
  return isHere ? target : undefined;
}

/** The origin of fraises.yaml, if it comes from git. */
function configurationView({ configuration }: Config): Pick<StatusDocument, "configuration"> {
  if (configuration === undefined) return {};
  const { target, file, revision, unused } = configuration;
  return { configuration: { target, file, revision: revision ?? null, unused: [...unused] } };
}

/** Each look starts at most two programs at a time: one for the code, and one for the service. */
const TARGETS_AT_ONCE = 4;

/** A systemd that does not answer must not keep a person waiting. */
const SHOW_MS = 3_000;

/** This machine, of which systemd is asked once for the units of all these targets. */
async function askedOnce(host: Host, config: Config, filter: Partial<TargetKey>): Promise<Host> {
  const settings = config.targets.filter((target) => isWanted(target, filter)).map((target) => target.settings);
  return { ...host, processes: await withShownUnits(host, settings, commandEnvironment(config), SHOW_MS) };
}

/** The newest deployment of a target ended in this way: its row says what to do. */
const NEEDS_HELP: ReadonlySet<string> = new Set(["failed", "rolled_back", "rollback_failed"]);

/** The commands that help with a target as it is; undefined if there is nothing to do. */
async function statusAdvice(store: Pick<Store, "deployments">, row: TargetRow): Promise<string | undefined> {
  const borrowed = borrowedAdvice(row);
  if (borrowed !== undefined) return borrowed;
  if (row.last === undefined || !NEEDS_HELP.has(row.last.status)) return undefined;
  const last = await store.deployments.detail(row.last.id);
  return last === undefined ? undefined : deploymentAdvice(last, row);
}

/** How a target with borrowed code that was deployed at another revision gets in step with it; undefined if it is, or if something is on its way. */
function borrowedAdvice({ code, revision, running, waiting, fraise, environment }: TargetRow): string | undefined {
  if (code?.revision === undefined || revision === undefined || code.revision === revision) return undefined;
  if (running !== undefined || waiting !== undefined) return undefined;
  return `it reads the code of ${code.name}, and was not deployed with it: fraisier deploy ${fraise} ${environment} --revision ${code.revision}`;
}
