/**
 * A delivery writes fewer pages. The text is the same for both engines. Ids and hashes come in no order, so that each index on them costs a delivery a page of its own. A push that led to a deployment is found by the revision of
 * that deployment. Both indexes that stay hold the beginnings of their texts. A tag may name an object of its own, which its deployment no longer has once it began.
 */
export const narrowIndexes = `
drop index ix_webhook_decision_revision;
create index ix_webhook_decision_undeployed on tb_webhook_decision (revision, event_id)
  where revision <> '' and (decision <> 'queued' or substr(ref, 1, 10) = 'refs/tags/');

drop index ix_deployment_revision;
create index ix_deployment_commit on tb_deployment (substr(revision, 1, 8), id);
create index ix_deployment_swept on tb_deployment (revision) where trigger = 'sweep';

drop index ix_webhook_event_delivery;
create index ix_webhook_event_delivery_start on tb_webhook_event (substr(delivery_id, 1, 20)) where delivery_id is not null;

-- The queue of all targets is as long as there are targets: ux_deployment_waiting finds it.
drop index ix_deployment_queue;
`;
