import type { Target } from "../config/config.ts";
import type { Log } from "../log.ts";
import { repositoriesOf, sweepRepository } from "./sweep-repository.ts";
import type { Repository, SweepParts } from "./sweep-repository.ts";

export interface SweeperParts extends Omit<SweepParts, "answers"> {
  /** The settings in force, asked anew whenever a repository may be due. */
  readonly settings: () => SweepSettings;
  /** Error texts may quote a clone URL with credentials in it. */
  readonly redact: (text: string) => string;
  readonly log: Log;
  /** Ends the questions that are under way, and the sweeper. */
  readonly signal: AbortSignal;
}

export interface SweepSettings {
  readonly targets: readonly Target[];
  /** Between two looks at one repository, milliseconds; 0: none at all. */
  readonly intervalMs: number;
}

export interface Sweeper {
  /** The settings changed: every repository is asked again, as at start. */
  restart(): void;
  /** Resolves once nothing is under way, after `signal` was aborted. */
  stopped(): Promise<void>;
}

/** Remote calls at once: forges slow down whoever asks more. */
const AT_ONCE = 4;

/** Asks every repository at start and then on an interval, each at its own uneven pace, so that not all are asked at the same moment. */
export function startSweeper(given: SweeperParts): Sweeper {
  const underWay = new Map<string, Promise<void>>();
  /** When each repository is asked next, by clone URL. One that is missing here is asked at once. */
  let dueAt = new Map<string, number>();
  let parts: SweepParts = { ...given, answers: new Map() };
  let timer: NodeJS.Timeout | undefined;

  const ask = async (repository: Repository, intervalMs: number): Promise<void> => {
    const round = dueAt;
    await sweep(given, parts, repository);
    // A sweep that began before a restart says nothing about when the repository is due after it.
    round.set(repository.cloneUrl, performance.now() + intervalMs * (0.8 + 0.4 * Math.random()));
    underWay.delete(repository.cloneUrl);
    look();
  };
  const look = (): void => {
    clearTimeout(timer);
    const { targets, intervalMs } = given.settings();
    if (given.signal.aborted || intervalMs === 0) return;
    const idle = repositoriesOf(targets)
      .filter(({ cloneUrl }) => !underWay.has(cloneUrl))
      .map((repository) => ({ repository, at: dueAt.get(repository.cloneUrl) ?? 0 }))
      .toSorted((a, b) => a.at - b.at);
    for (const { repository, at } of idle) {
      if (underWay.size >= AT_ONCE) return;
      const waitMs = at - performance.now();
      if (waitMs > 0) {
        timer = setTimeout(look, waitMs);
        return;
      }
      underWay.set(repository.cloneUrl, ask(repository, intervalMs));
    }
  };

  look();
  return {
    restart() {
      dueAt = new Map();
      parts = { ...parts, answers: new Map() };
      look();
    },
    async stopped() {
      clearTimeout(timer);
      await Promise.all(underWay.values());
    },
  };
}

async function sweep({ redact, log, signal }: SweeperParts, parts: SweepParts, repository: Repository): Promise<void> {
  try {
    for (const { id, decisions } of await sweepRepository(parts, repository)) {
      log.warn({ repository: repository.name, delivery: id, decisions }, "found a push whose webhook never came");
    }
  } catch (error) {
    // An interrupted question says nothing about the repository.
    if (signal.aborted) return;
    parts.answers?.delete(repository.cloneUrl);
    const problem = redact(error instanceof Error ? error.message : String(error));
    log.warn({ repository: repository.name, problem }, "could not be asked for missed pushes; trying again later");
    // Where even that cannot be written the store is away, and the log has said so.
    await parts.store
      .recordSweep(repository.name, problem, [])
      .catch((cause: unknown) => log.error({ err: cause }, "sweep"));
  }
}
