import { RemoteUnreachable } from "../domain/errors.ts";
import type { Git } from "../host/git.ts";
import type { Host } from "../host/host.ts";

/** A forge that is restarted, a name server that hiccups and a line that breaks are over within a minute, as a rule. */
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];
/** Once this much time has gone by, no further attempt begins: an attempt at a remote that is silent takes long itself. */
const BOUND_MS = 120_000;

interface Attempts {
  readonly clock: Host["clock"];
  /** Ends the waiting: the deployment is cancelled or out of time. */
  readonly signal: AbortSignal;
  log(line: string): void;
}

/**
 * A git that asks a remote again if it could not be reached for a reason that passes. It is the one place that does so for a deployment. A refused login, a
 * missing repository and everything else that only a person can mend fails at once.
 */
export function throughOutages(git: Git, attempts: Attempts): Git {
  return {
    ...git,
    fetchRevision: (...args) => persist(attempts, () => git.fetchRevision(...args)),
    fetchIntoCheckout: (...args) => persist(attempts, () => git.fetchIntoCheckout(...args)),
    remoteRevision: (...args) => persist(attempts, () => git.remoteRevision(...args)),
    remoteRefs: (...args) => persist(attempts, () => git.remoteRefs(...args)),
    pushTag: (...args) => persist(attempts, () => git.pushTag(...args)),
  };
}

async function persist<Answer>({ clock, signal, log }: Attempts, ask: () => Promise<Answer>): Promise<Answer> {
  const startedMs = clock.monotonicMs();
  for (const [index, pause] of PAUSES_MS.entries()) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RemoteUnreachable) || signal.aborted) throw error;
      if (clock.monotonicMs() - startedMs + pause > BOUND_MS) throw error;
      log(`${error.message}: trying again in ${pause / 1000} s (attempt ${index + 2} of ${PAUSES_MS.length + 1})`);
      await clock.sleep(pause, signal);
    }
  }
  return await ask();
}
