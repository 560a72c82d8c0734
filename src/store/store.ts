import { StoreUnavailable } from "../domain/errors.ts";
import { backends } from "./backends/index.ts";
import { migrate } from "./migrations/migrate.ts";
import { backupHistory } from "./reads/backup-history.ts";
import { daemons } from "./reads/daemons.ts";
import { deliveryHistory } from "./reads/delivery-history.ts";
import { deploymentDetail } from "./reads/deployment-detail.ts";
import { deploymentHistory } from "./reads/deployment-history.ts";
import { deploymentOutput } from "./reads/deployment-output.ts";
import { findDeployment } from "./reads/find-deployment.ts";
import { migrationHistory } from "./reads/migration-history.ts";
import { migrationStatus } from "./reads/migration-status.ts";
import { queueState } from "./reads/queue-state.ts";
import { replacedRevisions } from "./reads/replaced-revisions.ts";
import { targetStatus } from "./reads/target-status.ts";
import type { StoreContext } from "./store-context.ts";
import { adoptDeployment } from "./writes/adopt-deployment.ts";
import { appendOutput } from "./writes/append-output.ts";
import { beginBackup } from "./writes/begin-backup.ts";
import { beginMigration } from "./writes/begin-migration.ts";
import { beginRollback } from "./writes/begin-rollback.ts";
import { cancelDeployment } from "./writes/cancel-deployment.ts";
import { claimDeployment } from "./writes/claim-deployment.ts";
import { dropPayloads } from "./writes/drop-payloads.ts";
import { enqueueDeployment } from "./writes/enqueue-deployment.ts";
import { enterPhase } from "./writes/enter-phase.ts";
import { journalStep } from "./writes/journal-step.ts";
import { peelRevision } from "./writes/peel-revision.ts";
import { reclaimDeployment } from "./writes/reclaim-deployment.ts";
import { recordDeliveries } from "./writes/record-deliveries.ts";
import { registerDaemon } from "./writes/register-daemon.ts";
import { renewLease } from "./writes/renew-lease.ts";
import { settleBackup } from "./writes/settle-backup.ts";
import { settleMigration } from "./writes/settle-migration.ts";
import { settleDeployment } from "./writes/settle-deployment.ts";

export type Store = Awaited<ReturnType<typeof openStore>>;

/**
 * Everything fraisier remembers. The table of contents of its state: one line per verb, one per question.
 * @param url `sqlite:/path/to/file.db`.
 * @throws StoreUnavailable when it cannot be opened or is newer than this program.
 */
// eslint-disable-next-line -- the return type is the table of contents itself
export async function openStore(url: string) {
  const scheme = url.slice(0, url.indexOf(":"));
  const found = backends.find((each) => each.scheme === scheme);
  if (found === undefined) {
    throw new StoreUnavailable(`no store backend is called "${scheme}"`, {
      hint: `store.url starts with one of: ${backends.map((each) => `${each.scheme}:`).join(", ")}`,
    });
  }
  const backend = found.open(url);
  await migrate(backend);
  const bind = binder({ db: backend.db });
  return {
    // writes
    recordDeliveries: bind(recordDeliveries),
    enqueueDeployment: bind(enqueueDeployment),
    claimDeployment: bind(claimDeployment),
    adoptDeployment: bind(adoptDeployment),
    reclaimDeployment: bind(reclaimDeployment),
    renewLease: bind(renewLease),
    enterPhase: bind(enterPhase),
    journalStep: bind(journalStep),
    appendOutput: bind(appendOutput),
    peelRevision: bind(peelRevision),
    beginRollback: bind(beginRollback),
    settleDeployment: bind(settleDeployment),
    beginMigration: bind(beginMigration),
    settleMigration: bind(settleMigration),
    beginBackup: bind(beginBackup),
    settleBackup: bind(settleBackup),
    cancelDeployment: bind(cancelDeployment),
    registerDaemon: bind(registerDaemon),
    dropPayloads: bind(dropPayloads),
    // reads
    targetStatus: bind(targetStatus),
    deploymentHistory: bind(deploymentHistory),
    deploymentDetail: bind(deploymentDetail),
    findDeployment: bind(findDeployment),
    deploymentOutput: bind(deploymentOutput),
    deliveryHistory: bind(deliveryHistory),
    migrationStatus: bind(migrationStatus),
    migrationHistory: bind(migrationHistory),
    backupHistory: bind(backupHistory),
    queueState: bind(queueState),
    replacedRevisions: bind(replacedRevisions),
    daemons: bind(daemons),
    // between processes
    poke: () => backend.poke(),
    onPoke: (listener: () => void) => backend.onPoke(listener),
    close: () => backend.close(),
  };
}

type Verb<Arguments extends readonly unknown[], Result> = (context: StoreContext, ...rest: Arguments) => Result;

function binder(context: StoreContext) {
  return <Arguments extends readonly unknown[], Result>(verb: Verb<Arguments, Result>) =>
    (...rest: Arguments): Result =>
      verb(context, ...rest);
}
