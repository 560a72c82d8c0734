import type { SeenServices } from "../answers/targets/seen-service.ts";
import type { Target } from "../config/config.ts";
import { commandEnvironment, commandEnvironments } from "../config/secrets/command-environment.ts";
import { lenderOf } from "../config/targets/code-from.ts";
import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { targetName } from "../domain/fraise.ts";
import { interruptible } from "../host/interruptible.ts";
import type { Host } from "../host/host.ts";
import type { Log } from "../log.ts";
import { managedOf } from "../service-managers/index.ts";
import { lastRunsNow, runKey } from "../service-managers/last-runs.ts";
import type { LastRun } from "../service-managers/last-runs.ts";
import { withShownUnits } from "../service-managers/shown-units.ts";
import { QUESTION_TIMEOUT_MS } from "../service-managers/systemctl.ts";
import { startDriftWatch } from "../sweep/drift-watch.ts";
import type { DriftWatch } from "../sweep/drift-watch.ts";
import { startSweeper } from "../sweep/sweeper.ts";
import type { Sweeper } from "../sweep/sweeper.ts";
import type { Store } from "../store/store.ts";
import type { Inbox } from "../webhooks/inbox.ts";
import type { App } from "./app.ts";
import type { Duties } from "./hold-duties.ts";
import type { SettingsHolder } from "./in-force.ts";
import { serviceMemory } from "./seen-services.ts";

/** A sweep has no forge waiting for it. */
const SWEEP_LIMITS = { storeMs: 15_000, answerMs: 20_000 };

interface LookingParts {
  readonly app: App;
  readonly settings: SettingsHolder;
  readonly inbox: Inbox;
  readonly duties: Pick<Duties, "nouns">;
  readonly log: Log;
  /** Ends what looks, and the programs that it runs. */
  readonly signal: AbortSignal;
}

/** Everything in the daemon that looks by itself: at the repositories for missed pushes, and at the host for drift. */
export function startLooking({ app: { store, host }, settings, inbox, duties, log, signal }: LookingParts): {
  readonly sweeper: Sweeper;
  readonly drift: DriftWatch;
  readonly services: SeenServices;
} {
  const memory = serviceMemory();
  const machine = interruptible(host, signal);
  const redact = (text: string): string => settings.now().redact(text);
  const sweeper = startSweeper({
    git: machine.git,
    writing() {
      const nouns = duties.nouns();
      // A daemon that does not lead asks only for what was delivered to it.
      if (store.onServer === undefined || nouns === undefined)
        return { store, record: (delivery) => inbox.record(delivery, SWEEP_LIMITS) };
      return { store: nouns, record: async (delivery) => await recordLeading(nouns, store, delivery) };
    },
    settings: () => {
      const { targets, deployment } = settings.now().config;
      return { targets, intervalMs: duties.nouns() === undefined ? 0 : deployment.sweep_interval };
    },
    redact,
    log,
    signal,
  });
  const drift = startDriftWatch({
    store,
    host: machine,
    targets: () => settings.now().config.targets,
    async managedOf(targets) {
      const { config } = settings.now();
      const named = targets.map((target) => target.settings);
      const environmentOf = commandEnvironments(config);
      const processes = await withShownUnits(machine, named, environmentOf(), QUESTION_TIMEOUT_MS);
      return (target) => {
        const asked = { ...machine, processes };
        const { service, units } = managedOf(target.settings, asked, environmentOf(target));
        return { units, service: service && memory.remembering(targetName(target), service) };
      };
    },
    lenderOf,
    lastRuns: (targets) => lastRunsOf(targets, machine, commandEnvironment(settings.now().config)),
    redact,
    log,
    signal,
  });
  return { sweeper, drift, services: memory.last };
}

/** The inbox knows no terms: a leader records what its sweep found by itself. */
async function recordLeading(
  { deliveries }: Pick<Store, "deliveries">,
  store: Pick<Store, "poke">,
  delivery: IncomingDelivery,
): Promise<RecordedDelivery> {
  const [recorded] = await deliveries.record([delivery]);
  if (recorded === undefined) throw new Error("a delivery was recorded without a result");
  store.poke();
  return recorded;
}

/** How the services of jobs ended last, by target; a job of which systemd knows nothing has no entry. */
async function lastRunsOf(
  targets: readonly Target[],
  host: Host,
  env: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, LastRun>> {
  const jobs = targets.flatMap((target) =>
    target.settings.job === undefined ? [] : [{ target, job: target.settings.job }],
  );
  const runs = await lastRunsNow(
    jobs.map(({ job }) => job),
    host,
    env,
  );
  return new Map(
    jobs.flatMap(({ target, job }): [string, LastRun][] => {
      const run = runs.get(runKey(job.scope, job.service));
      return run === undefined ? [] : [[targetName(target), run]];
    }),
  );
}
