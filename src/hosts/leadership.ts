import { messageOf } from "../domain/message-of.ts";
import type { Log } from "../log.ts";
import type { LeaderClaim } from "../store/leader-claim.ts";
import type { Store } from "../store/store.ts";

/** The leader tells so often that it leads. The server ends its session after eight seconds of silence. */
const PING_MS = 3_000;
/** A ping may come late: after this silence the other daemons try to lead. */
const QUIET_MS = 4_500;
const TRY_MS = 1_000;

interface LeadershipParts {
  readonly server: Pick<NonNullable<Store["onServer"]>, "claimLeadership" | "onLeaderPing">;
  /** The name of this host. */
  readonly host: string;
  /** This daemon leads from here on. */
  begin(term: number): void;
  /** It leads no more. */
  end(): void;
  readonly log: Log;
}

/**
 * Has this daemon lead while no other one does. A daemon that does not lead asks the server nothing as long as it hears the leader, so that it costs nothing to wait. If the leader dies, is frozen or
 * out of reach, another one leads within ten seconds.
 */
export function startLeadership({ server, host, begin, end, log }: LeadershipParts): { stop(): Promise<void> } {
  let claim: LeaderClaim | undefined;
  let heardAt = -Infinity;
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let underWay = Promise.resolve();

  const next = (ms: number): void => {
    clearTimeout(timer);
    if (isStopped) return;
    timer = setTimeout(() => {
      underWay = underWay.then(turn);
    }, ms);
  };
  const lose = (term: number): void => {
    if (claim?.term !== term) return;
    claim = undefined;
    log.warn({ host, term }, "this daemon does not lead any more");
    end();
    next(TRY_MS);
  };
  const tryToLead = async (): Promise<void> => {
    const taken = await server.claimLeadership(host);
    if (taken === undefined) return;
    if (isStopped) return await taken.release();
    claim = taken;
    const { term } = taken;
    log.info({ host, term }, "this daemon leads: it sweeps, forgets old records and notices what is stuck");
    void taken.ended.then(() => lose(term));
    begin(term);
    await taken.ping();
  };
  const turn = async (): Promise<void> => {
    if (isStopped) return;
    const silentMs = performance.now() - heardAt;
    try {
      if (claim !== undefined) await claim.ping();
      else if (silentMs < QUIET_MS) return next(QUIET_MS - silentMs);
      else await tryToLead();
    } catch (error) {
      // The watch of the store tells of a server that is away; a lost session ends the claim.
      log.debug({ problem: messageOf(error) }, "the leadership could not be asked for");
    }
    next(claim === undefined ? TRY_MS : PING_MS);
  };

  const stopHearing = server.onLeaderPing(() => {
    heardAt = performance.now();
  });
  next(0);
  return {
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      stopHearing();
      await underWay;
      const last = claim;
      claim = undefined;
      if (last === undefined) return;
      end();
      await last.release();
    },
  };
}
