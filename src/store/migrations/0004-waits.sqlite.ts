/**
 * A reason to wait is kept as a value beside its sentence; the daemon writes both anew within seconds. The index finds the pushes that moved a ref of a target
 * after another one.
 */
export const waitsSqlite = `
alter table tb_deployment add column waits_for text;
update tb_deployment set held_because = null where held_because is not null;
create index ix_webhook_decision_target on tb_webhook_decision (fraise, environment, job, event_id) where revision <> '';
`;
