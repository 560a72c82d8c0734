import { setTimeout as sleep } from "node:timers/promises";
import { livingDaemon } from "../answers/daemon/living-daemon.ts";
import type { KnownDaemon } from "../domain/known-daemon.ts";
import { HostUnavailable } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";

/** Reading the file takes the daemon a moment, and a busy store may hold up its answer. */
const ANSWER_MS = 60_000;
const LOOK_MS = 100;

/** Asks a daemon to read its settings again. Gives the number by which its answer is known. @throws HostUnavailable */
export async function askReload(store: Pick<Store, "daemons">, { id, pid }: KnownDaemon): Promise<number> {
  const asked = await store.daemons.askReload(id);
  if (asked === undefined) throw gone();
  try {
    process.kill(pid, "SIGHUP");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ESRCH") throw gone();
    throw new HostUnavailable(`the daemon (pid ${pid}) cannot be sent a signal: ${code ?? String(error)}`, {
      hint: "Only root and the daemon's own user may: run this with sudo.",
      cause: error,
    });
  }
  return asked;
}

/** Waits until the daemon has done so, and gives what it says of itself then. @throws HostUnavailable if it ends or does not answer. */
export async function reloadAnswer(
  store: Pick<Store, "daemons">,
  daemon: KnownDaemon,
  asked: number,
): Promise<KnownDaemon> {
  const deadline = performance.now() + ANSWER_MS;
  for (;;) {
    const now = await livingDaemon(store);
    if (now?.id !== daemon.id) throw gone();
    if (now.reloadAnswered >= asked) return now;
    if (performance.now() > deadline) {
      throw new HostUnavailable(`the daemon (pid ${daemon.pid}) has not answered for ${ANSWER_MS / 1000} s`, {
        hint: "Its log says what it does: journalctl -u fraisier.",
      });
    }
    await sleep(LOOK_MS);
  }
}

function gone(): HostUnavailable {
  return new HostUnavailable("the daemon ended before it had reloaded", {
    hint: "When it starts again it reads fraises.yaml anew: systemctl status fraisier says whether it does.",
  });
}
