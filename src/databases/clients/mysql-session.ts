import type { DatabaseUrl } from "../database-url.ts";

/** Names of locks are the server's, not the database's. */
export const RUNNING = "concat('fraisier-runs:', left(database(), 48))";

/** The server's error while another script still runs. */
export const STILL_RUNNING = "fraisier: another script still runs here";

/**
 * For the first line of a script: holds `RUNNING` as long as the session lives, and ends the script where it cannot be had. Neither server
 * can raise an error by itself outside of a routine, so a column is asked for that nobody has.
 */
export const takeRunningLock =
  `set @fraisier = if(coalesce(get_lock(${RUNNING}, 10), 0) = 1, 'do 0', 'select \`${STILL_RUNNING}\`'); ` +
  "prepare fraisier from @fraisier; execute fraisier; deallocate prepare fraisier;";

/**
 * How mysql(1) and mysqldump(1) are connected: everything but the password, which other users of the machine could read. The encoding is
 * said, as they would take it from a locale that services do not have.
 */
export function mysqlOptions({ user, host, port, parameters }: DatabaseUrl): readonly string[] {
  const socket = parameters.get("socket") ?? parameters.get("unix_socket");
  return [
    "--default-character-set=utf8mb4",
    ...(host === "" ? [] : [`--host=${host}`]),
    ...(port === "" ? [] : [`--port=${port}`]),
    ...(socket === undefined ? [] : [`--socket=${socket}`]),
    ...(user === "" ? [] : [`--user=${user}`]),
  ];
}

/** In the environment, where others cannot read it. */
export function mysqlPassword({ password }: DatabaseUrl): Record<string, string> {
  return password === "" ? {} : { MYSQL_PWD: password };
}

/** A name as SQL writes it. */
export function mysqlName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}
