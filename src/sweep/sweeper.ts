import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../config/config.ts";
import type { Log } from "../log.ts";
import { repositoriesOf, sweepRepository } from "./sweep-repository.ts";
import type { Repository, SweepParts } from "./sweep-repository.ts";

export interface SweeperParts extends Omit<SweepParts, "answers"> {
  readonly targets: readonly Target[];
  /** Between two looks at one repository, milliseconds; 0: none at all. */
  readonly intervalMs: number;
  /** Error texts may quote a clone URL with credentials in it. */
  readonly redact: (text: string) => string;
  readonly log: Log;
}

/** Remote calls at once: forges slow down whoever asks more. */
const AT_ONCE = 4;

/** Asks every repository at start and then on an interval, each at its own uneven pace, so that they do not all ask at the same moment. */
export function startSweeper(given: SweeperParts): { stop(): Promise<void> } {
  const parts = { ...given, answers: new Map<string, string>() };
  const { intervalMs } = parts;
  if (intervalMs === 0) return { stop: async () => {} };
  const stopping = new AbortController();
  const queue = repositoriesOf(parts.targets).map((repository) => ({ repository, dueAt: 0 }));
  const workers = Array.from({ length: Math.min(AT_ONCE, queue.length) }, async () => {
    for (;;) {
      const next = queue.shift();
      if (next === undefined) return;
      try {
        await sleep(Math.max(0, next.dueAt - performance.now()), undefined, { signal: stopping.signal });
      } catch {
        // Aborted: stopping.
        return;
      }
      await sweep(parts, next.repository);
      queue.push({ repository: next.repository, dueAt: performance.now() + intervalMs * (0.8 + 0.4 * Math.random()) });
      queue.sort((a, b) => a.dueAt - b.dueAt);
    }
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(workers);
    },
  };
}

async function sweep(parts: SweeperParts & SweepParts, repository: Repository): Promise<void> {
  const { store, redact, log } = parts;
  try {
    for (const { id, decisions } of await sweepRepository(parts, repository)) {
      log.warn({ repository: repository.name, delivery: id, decisions }, "found a push whose webhook never came");
    }
  } catch (error) {
    parts.answers?.delete(repository.cloneUrl);
    const problem = redact(error instanceof Error ? error.message : String(error));
    log.warn({ repository: repository.name, problem }, "could not be asked for missed pushes; trying again later");
    // Where even that cannot be written the store is away, and the log has said so.
    await store.recordSweep(repository.name, problem, []).catch((cause: unknown) => log.error({ err: cause }, "sweep"));
  }
}
