import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { messageOf } from "../domain/message-of.ts";

const TIMEOUT_MS = 10_000;

/**
 * Tells systemd that this service is ready, if the unit has `Type=notify`; then `systemctl start` and `apt install` return once the daemon answers, not once it
 * was forked. Node has no datagram sockets of the kind that sd_notify(3) needs, so systemd-notify(1) sends the message; the unit allows that by
 * `NotifyAccess=all`. Commands that the daemon starts later do not inherit the socket's name.
 * @returns why systemd could not be told; undefined if it was, or did not ask.
 */
export async function tellSystemd(status: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const socket = env["NOTIFY_SOCKET"];
  delete env["NOTIFY_SOCKET"];
  if (socket === undefined || socket === "") return undefined;
  try {
    await promisify(execFile)("systemd-notify", ["--ready", `--status=${status}`], {
      env: { ...env, NOTIFY_SOCKET: socket },
      timeout: TIMEOUT_MS,
    });
    return undefined;
  } catch (error) {
    return `systemd could not be told that the daemon is ready: ${messageOf(error)}`;
  }
}
