/** Both engines make these indexes by the same words: each placement of a target has at most one deployment that runs and one that waits. */
export const placementIndexes = `
drop index ux_deployment_running;
create unique index ux_deployment_running on tb_deployment (fraise, environment, job, host) where status in ('running', 'rolling_back');
drop index ux_deployment_waiting;
create unique index ux_deployment_waiting on tb_deployment (fraise, environment, job, host) where status = 'queued';
`;
