/** The dashboard lists the deliveries of one forge. */
export const deliveriesByForgeSqlite = `
create index ix_webhook_event_forge on tb_webhook_event (forge, id);
`;
