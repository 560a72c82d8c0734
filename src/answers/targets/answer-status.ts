import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import { covers } from "../../domain/lock.ts";
import type { Host } from "../../host/host.ts";
import { lifeOfHolder } from "../../queue/living-locks.ts";
import { daemonView } from "../daemon/daemon-view.ts";
import { livingDaemon } from "../daemon/living-daemon.ts";
import type { StatusDocument, TargetStatus } from "../schemas/status-document.ts";
import type { Sources } from "../sources.ts";
import type { Within } from "../within.ts";
import { gapsOf } from "./gaps-of.ts";
import { jobRuns } from "./job-runs.ts";
import { knownTargets } from "./known-targets.ts";
import { statusAdvice } from "./status-advice.ts";
import { targetStatusJson } from "./target-status-json.ts";

export interface StatusQuestion {
  readonly targets: Partial<TargetKey>;
  /** Undefined if the host is not to be asked: then the answer says what the daemon saw last. */
  readonly host: Host | undefined;
  readonly within?: Within;
}

/** The state of some targets, by name, and that of the daemon. */
export async function answerStatus(
  sources: Sources,
  { targets: filter, host, within }: StatusQuestion,
): Promise<StatusDocument> {
  const { config, store } = sources;
  const all = await knownTargets({ ...sources, host }, filter);
  const known = within === undefined ? all : all.filter(({ key }) => within(key));
  const verified = new Map((await store.verifications.status(filter)).map((row) => [targetName(row), row]));
  // A question writes nothing: the daemon removes the locks of dead processes.
  const locks = (await store.targets.locks()).filter((lock) => lifeOfHolder(lock) !== "dead");
  const daemon = await livingDaemon(store);
  const configured = known.flatMap(({ target }) => target ?? []);
  const runs = await jobRuns(configured, host);
  const gaps = host === undefined ? undefined : await gapsOf(configured, host);
  const targets: TargetStatus[] = [];
  for (const { name, key, row, target } of known) {
    targets.push(
      targetStatusJson({
        name,
        row,
        verification: verified.get(name),
        locks: locks.filter((lock) => covers(lock, key)),
        isConfigured: target !== undefined,
        runs: runs.get(name),
        advice: row === undefined ? undefined : await statusAdvice(store, row),
        gaps: gaps === undefined ? undefined : (gaps.get(name) ?? []),
        stuckAfter: config.deployment.stuck_after,
      }),
    );
  }
  const view = daemonView(daemon, config, store);
  if (view === null || within === undefined) return { version: 1, targets, daemon: view };
  const names = new Set(targets.map(({ target }) => target));
  const troubles = view.troubles.filter(({ kind, subject }) => kind !== "target" || names.has(subject));
  return { version: 1, targets, daemon: { ...view, troubles } };
}
