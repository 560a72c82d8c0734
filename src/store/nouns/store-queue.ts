import type { Bind } from "../bind.ts";
import { queueState } from "../reads/queue-state.ts";
import { replacedDeployments } from "../reads/replaced-deployments.ts";
import { adoptDeployment } from "../writes/adopt-deployment.ts";
import { cancelDeployment } from "../writes/cancel-deployment.ts";
import { claimDeployment } from "../writes/claim-deployment.ts";
import { enqueueDeployment } from "../writes/enqueue-deployment.ts";
import { giveBackDeployment } from "../writes/give-back-deployment.ts";
import { noticeStuck } from "../writes/notice-stuck.ts";
import { placeDeployment } from "../writes/place-deployment.ts";
import { reclaimDeployment } from "../writes/reclaim-deployment.ts";
import { recordWait } from "../writes/record-wait.ts";
import { renewLease } from "../writes/renew-lease.ts";
import { revokeLeases } from "../writes/revoke-leases.ts";

/** The queue: the deployments that wait for their turn, and the runners that have the others. */
export function storeQueue(bind: Bind) {
  return {
    enqueue: bind(enqueueDeployment),
    claim: bind(claimDeployment),
    adopt: bind(adoptDeployment),
    reclaim: bind(reclaimDeployment),
    renewLease: bind(renewLease),
    revokeLeases: bind(revokeLeases),
    giveBack: bind(giveBackDeployment),
    cancel: bind(cancelDeployment),
    recordWait: bind(recordWait),
    place: bind(placeDeployment),
    noticeStuck: bind(noticeStuck),
    state: bind(queueState),
    replacedBy: bind(replacedDeployments),
  };
}
