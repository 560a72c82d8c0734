/** A reason to wait is kept as a value beside its sentence. The daemon writes both anew within seconds. */
export const waitsSqlite = `
alter table tb_deployment add column waits_for text;
update tb_deployment set held_because = null where held_because is not null;
`;
