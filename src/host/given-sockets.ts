/** The first file descriptor that systemd hands over. */
const FIRST = 3;

/**
 * The listening sockets that systemd opened for this process (sd_listen_fds(3)); empty if there are none. Takes the variables away, so that no child
 * takes the sockets for its own.
 */
export function takeGivenSockets(env: NodeJS.ProcessEnv, pid: number): readonly number[] {
  const { LISTEN_PID: owner, LISTEN_FDS: count } = env;
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[name];
  if (owner !== String(pid) || !/^[1-9]\d?$/.test(count ?? "")) return [];
  return Array.from({ length: Number(count) }, (_, index) => FIRST + index);
}
