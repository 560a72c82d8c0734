/** Requests that nobody signed are found without looking at the others, and a delivery says whose secret proved it. */
export const unprovenSqlite = `
alter table tb_webhook_event add column proof_key text not null default '';
create index ix_webhook_event_unproven on tb_webhook_event (id) where verified = 0;

drop view v_webhook_event_history;
create view v_webhook_event_history as
select e.id, e.received_at, e.forge, e.delivery_id, e.event_name, e.repository, e.claimed_repository, e.remote_address, e.body_bytes,
       e.verified, e.proof, e.proof_secret, e.proof_key, e.http_status, e.decision, e.reason, e.redelivery_of
from tb_webhook_event e;
`;
