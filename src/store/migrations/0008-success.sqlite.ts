/** What went live, per target: few among many that did not. */
export const successSqlite = `
create index ix_deployment_success on tb_deployment (fraise, environment, job, id) where status = 'succeeded';
`;
