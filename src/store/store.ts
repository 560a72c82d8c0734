import { StoreUnavailable } from "../domain/errors.ts";
import { newIdsFollow } from "../domain/id.ts";
import { backends } from "./backends/index.ts";
import type { Migration, OpenBackend, View } from "./backends/backend.ts";
import { migrate } from "./migrations/migrate.ts";
import { sqliteMigrations } from "./migrations/sqlite-migrations.ts";
import { newerStore } from "./newer-store.ts";
import { actionsOn } from "./reads/actions-on.ts";
import { counts } from "./reads/counts.ts";
import { deliveryHistory } from "./reads/delivery-history.ts";
import { deploymentDetail } from "./reads/deployment-detail.ts";
import { deploymentHistory } from "./reads/deployment-history.ts";
import { deploymentCounts } from "./reads/deployment-counts.ts";
import { deploymentOutput } from "./reads/deployment-output.ts";
import { findDeployment } from "./reads/find-deployment.ts";
import { heldBack } from "./reads/held-back.ts";
import { locks } from "./reads/locks.ts";
import { newestId } from "./reads/newest-id.ts";
import { newestSuccesses } from "./reads/newest-successes.ts";
import { deliveriesOf } from "./reads/deliveries-of.ts";
import { deliveryDetail } from "./reads/delivery-detail.ts";
import { findDelivery } from "./reads/find-delivery.ts";
import { findRevision } from "./reads/find-revision.ts";
import { rollbacksOf } from "./reads/rollbacks-of.ts";
import { frozenSettings } from "./reads/frozen-settings.ts";
import { groupFiles } from "./reads/group-files.ts";
import { queueState } from "./reads/queue-state.ts";
import { lastOfRef } from "./reads/last-of-ref.ts";
import { recordedDeployments } from "./reads/recorded-deployments.ts";
import { phaseDurations } from "./reads/phase-durations.ts";
import { replacedDeployments } from "./reads/replaced-deployments.ts";
import { targetStanding } from "./reads/target-standing.ts";
import { targetStatus } from "./reads/target-status.ts";
import { binder } from "./bind.ts";
import { storeSweeps } from "./nouns/store-sweeps.ts";
import { storeDaemons } from "./nouns/store-daemons.ts";
import { storeVariables } from "./nouns/store-variables.ts";
import { storeDatabases } from "./nouns/store-databases.ts";
import { storeVerifications } from "./nouns/store-verifications.ts";
import { storeTokens } from "./nouns/store-tokens.ts";
import { storeUpkeep } from "./nouns/store-upkeep.ts";
import { adoptDeployment } from "./writes/adopt-deployment.ts";
import { appendOutput } from "./writes/append-output.ts";
import { beginRollback } from "./writes/begin-rollback.ts";
import { cancelDeployment } from "./writes/cancel-deployment.ts";
import { claimDeployment } from "./writes/claim-deployment.ts";
import { enqueueDeployment } from "./writes/enqueue-deployment.ts";
import { enterPhase } from "./writes/enter-phase.ts";
import { keepSettings } from "./writes/keep-settings.ts";
import { giveBackDeployment } from "./writes/give-back-deployment.ts";
import { lockTarget } from "./writes/lock-target.ts";
import { occupyTarget } from "./writes/occupy-target.ts";
import { noticeStuck } from "./writes/notice-stuck.ts";
import { recordDrift } from "./writes/record-drift.ts";
import { recordJobRun } from "./writes/record-job-run.ts";
import { recordRepair } from "./writes/record-repair.ts";
import { releaseTarget } from "./writes/release-target.ts";
import { unlockTarget } from "./writes/unlock-target.ts";
import { journalStep } from "./writes/journal-step.ts";
import { peelRevision } from "./writes/peel-revision.ts";
import { recordLateAnswer } from "./writes/record-late-answer.ts";
import { recordMessage } from "./writes/record-message.ts";
import { reclaimDeployment } from "./writes/reclaim-deployment.ts";
import { recordDeliveries } from "./writes/record-deliveries.ts";
import { recordWait } from "./writes/record-wait.ts";
import { recordGroupFile } from "./writes/record-group-file.ts";
import { renewLease } from "./writes/renew-lease.ts";
import { revokeLeases } from "./writes/revoke-leases.ts";
import { replayDelivery } from "./writes/replay-delivery.ts";
import { settleDeployment } from "./writes/settle-deployment.ts";

export type Store = Awaited<ReturnType<typeof openStore>>;

/** The newest version of a store that this program knows. */
export const STORE_VERSION = sqliteMigrations.length;

/** Whether there is a store already: opening makes one. */
export function storeExists(url: string): boolean {
  return backends.find(({ scheme }) => url.startsWith(`${scheme}:`))?.exists(url) === true;
}

export interface StoreOptions {
  /** A runner finishes what it has begun: it goes on writing to a store that became newer, as long as its version allows that. */
  readonly finishes?: boolean;
  /** Other migrations than this program's, and the views that belong to them. */
  readonly migrations?: readonly Migration[];
  readonly views?: readonly View[];
  /** How long a statement that begins now waits for a lock of another process, in milliseconds. */
  readonly patienceMs?: () => number;
}

/**
 * Everything fraisier remembers. The table of contents of its state: one line per verb, one per question. If a newer fraisier has migrated the store,
 * or does so later, its records can be read and every write is refused.
 * @param url `sqlite:/path/to/file.db`.
 * @throws StoreUnavailable if the store cannot be opened, or this program does not understand its records.
 */
// eslint-disable-next-line -- the return type is the table of contents itself
export async function openStore(url: string, { finishes = false, migrations, views, patienceMs }: StoreOptions = {}) {
  const scheme = url.slice(0, url.indexOf(":"));
  const found = backends.find((each) => each.scheme === scheme);
  if (found === undefined) {
    throw new StoreUnavailable(`no store backend is called "${scheme}"`, {
      hint: `store.url starts with one of: ${backends.map((each) => `${each.scheme}:`).join(", ")}`,
    });
  }
  const opened = found.open(url, patienceMs);
  const backend = { ...opened, migrations: migrations ?? opened.migrations, views: views ?? opened.views };
  await prepare(backend, finishes);
  const newest = await newestId({ db: backend.db });
  if (newest !== undefined) newIdsFollow(newest);
  const bind = binder({ db: backend.db });
  return {
    // writes
    recordDeliveries: bind(recordDeliveries),
    replayDelivery: bind(replayDelivery),
    enqueueDeployment: bind(enqueueDeployment),
    claimDeployment: bind(claimDeployment),
    adoptDeployment: bind(adoptDeployment),
    reclaimDeployment: bind(reclaimDeployment),
    revokeLeases: bind(revokeLeases),
    keepSettings: bind(keepSettings),
    giveBackDeployment: bind(giveBackDeployment),
    renewLease: bind(renewLease),
    enterPhase: bind(enterPhase),
    journalStep: bind(journalStep),
    recordGroupFile: bind(recordGroupFile),
    appendOutput: bind(appendOutput),
    peelRevision: bind(peelRevision),
    recordMessage: bind(recordMessage),
    recordLateAnswer: bind(recordLateAnswer),
    beginRollback: bind(beginRollback),
    settleDeployment: bind(settleDeployment),
    cancelDeployment: bind(cancelDeployment),
    recordWait: bind(recordWait),
    lockTarget: bind(lockTarget),
    noticeStuck: bind(noticeStuck),
    occupyTarget: bind(occupyTarget),
    recordDrift: bind(recordDrift),
    recordJobRun: bind(recordJobRun),
    recordRepair: bind(recordRepair),
    releaseTarget: bind(releaseTarget),
    unlockTarget: bind(unlockTarget),
    // reads
    targetStatus: bind(targetStatus),
    actionsOn: bind(actionsOn),
    deploymentHistory: bind(deploymentHistory),
    deploymentDetail: bind(deploymentDetail),
    deploymentCounts: bind(deploymentCounts),
    phaseDurations: bind(phaseDurations),
    frozenSettings: bind(frozenSettings),
    findDeployment: bind(findDeployment),
    deploymentOutput: bind(deploymentOutput),
    deliveryHistory: bind(deliveryHistory),
    queueState: bind(queueState),
    groupFiles: bind(groupFiles),
    replacedDeployments: bind(replacedDeployments),
    counts: bind(counts),
    heldBack: bind(heldBack),
    lastOfRef: bind(lastOfRef),
    recordedDeployments: bind(recordedDeployments),
    targetStanding: bind(targetStanding),
    locks: bind(locks),
    newestSuccesses: bind(newestSuccesses),
    deliveriesOf: bind(deliveriesOf),
    deliveryDetail: bind(deliveryDetail),
    findDelivery: bind(findDelivery),
    findRevision: bind(findRevision),
    rollbacksOf: bind(rollbacksOf),
    sweeps: storeSweeps(bind),
    daemons: storeDaemons(bind),
    variables: storeVariables(bind),
    databases: storeDatabases(bind),
    verifications: storeVerifications(bind),
    upkeep: storeUpkeep(bind),
    tokens: storeTokens(bind),
    // versions
    /** The number of the store's newest migration. */
    version: () => backend.version().number,
    /** The newest version of a store that this program knows. */
    knownVersion: backend.migrations.length,
    /** Why every write is refused, if a newer fraisier has migrated the store. Costs a few microseconds. */
    onlyReads: () => newerStore(backend)?.refusal,
    /** Why nothing can be recorded at this moment: the store's file is gone or another one, or its disk takes nothing. Costs microseconds. */
    unwell: () => backend.unwell(),
    isLost: () => backend.isLost(),
    saveLost: () => backend.saveLost(),
    forgetSaved: () => backend.forgetSaved(),
    // between processes
    poke: () => backend.poke(),
    onPoke: (listener: () => void) => backend.onPoke(listener),
    // the file
    size: () => backend.size(),
    tidy: () => backend.tidy(),
    check: () => backend.check(),
    snapshot: () => backend.snapshot(),
    close: () => backend.close(),
  };
}

/** Brings an older store to this program's version, and keeps this program from writing to a newer one. */
async function prepare(backend: OpenBackend, finishes: boolean): Promise<void> {
  try {
    await migrate(backend);
    const guard = (): void => {
      const newer = newerStore(backend);
      if (newer === undefined || (finishes && newer.isReadable)) return;
      backend.refuseWrites(newer.refusal);
      throw newer.refusal;
    };
    backend.guardWrites(guard);
    const newer = newerStore(backend);
    if (newer === undefined) return;
    if (!newer.isReadable) throw newer.refusal;
    if (!finishes) backend.refuseWrites(newer.refusal);
  } catch (error) {
    await backend.close();
    throw error;
  }
}
