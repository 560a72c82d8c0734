import type { Target } from "../config/config.ts";
import type { Subscription } from "../domain/fraise.ts";
import { repositoryKey } from "../domain/fraise.ts";
import { messageOf } from "../domain/message-of.ts";
import { retryDelay } from "../domain/retry.ts";
import type { Log } from "../log.ts";
import { repositoriesOf, sweepRepository } from "./sweep-repository.ts";
import type { Repository, SweepParts } from "./sweep-repository.ts";

export interface SweeperParts extends Pick<SweepParts, "git"> {
  /** The ways in which a question that begins now writes what it finds. */
  writing(): Writing;
  /** The settings in force, asked anew whenever a repository may be due. */
  readonly settings: () => SweepSettings;
  /** Error texts may quote a clone URL with credentials in it. */
  readonly redact: (text: string) => string;
  readonly log: Log;
  /** Ends the questions that are under way, and the sweeper. */
  readonly signal: AbortSignal;
}

type Writing = Pick<SweepParts, "store" | "record">;

interface SweepSettings {
  readonly targets: readonly Target[];
  /** Between two looks at one repository, milliseconds; 0: none by itself. */
  readonly intervalMs: number;
}

export interface Sweeper {
  /** Asks a repository now, as a delivery says that it was pushed to. Does not wait for the answer. */
  ask(forge: string, repository: string): void;
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
  /** When each repository is asked next, by clone URL. A repository that is missing here is asked at once. */
  let dueAt = new Map<string, number>();
  let answers = new Map<string, string>();
  /** Clone URLs that are asked out of turn. A repository that is being asked is asked again after that: its answer may be too old. */
  const wanted = new Set<string>();
  /** How often in a row each repository gave no answer, or none that settles everything, by clone URL. */
  const unsettled = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const question = async (repository: Repository, intervalMs: number): Promise<void> => {
    const { cloneUrl } = repository;
    const round = dueAt;
    if (await sweep(given, { ...given.writing(), git: given.git, answers }, repository)) unsettled.delete(cloneUrl);
    else unsettled.set(cloneUrl, (unsettled.get(cloneUrl) ?? 0) + 1);
    const times = unsettled.get(cloneUrl);
    // A push that no webhook told of does not wait for a whole interval because one answer failed or came too late.
    const pauseMs = times === undefined ? intervalMs : Math.min(intervalMs, retryDelay(times));
    // A sweep that began before a restart says nothing about when the repository is due after it.
    round.set(cloneUrl, performance.now() + pauseMs * (0.8 + 0.4 * Math.random()));
    underWay.delete(cloneUrl);
    look();
  };
  const look = (): void => {
    clearTimeout(timer);
    const { targets, intervalMs } = given.settings();
    if (given.signal.aborted) return;
    const isDueAt = (cloneUrl: string): number => {
      if (wanted.has(cloneUrl)) return 0;
      return intervalMs === 0 ? Number.POSITIVE_INFINITY : (dueAt.get(cloneUrl) ?? 0);
    };
    const idle = repositoriesOf(targets)
      .filter(({ cloneUrl }) => !underWay.has(cloneUrl))
      .map((repository) => ({ repository, at: isDueAt(repository.cloneUrl) }))
      .toSorted((a, b) => a.at - b.at);
    for (const { repository, at } of idle) {
      if (underWay.size >= AT_ONCE) return;
      const waitMs = at - performance.now();
      if (waitMs === Number.POSITIVE_INFINITY) return;
      if (waitMs > 0) {
        timer = setTimeout(look, waitMs);
        return;
      }
      wanted.delete(repository.cloneUrl);
      underWay.set(repository.cloneUrl, question(repository, intervalMs));
    }
  };

  look();
  return {
    ask(forge, repository) {
      for (const { cloneUrl, targets } of repositoriesOf(given.settings().targets))
        if (targets.some(({ subscription }) => isSame(subscription, forge, repository))) wanted.add(cloneUrl);
      look();
    },
    restart() {
      dueAt = new Map();
      answers = new Map();
      look();
    },
    async stopped() {
      clearTimeout(timer);
      await Promise.all(underWay.values());
    },
  };
}

/** As the router compares them. */
function isSame(known: Subscription, forge: string, name: string): boolean {
  const provider = known.provider ?? known.forge;
  return known.forge === forge && repositoryKey(provider, known.repository) === repositoryKey(provider, name);
}

/** Whether the repository answered, and nothing has to be asked again soon. */
async function sweep(
  { redact, log, signal }: SweeperParts,
  parts: SweepParts,
  repository: Repository,
): Promise<boolean> {
  try {
    const { recorded, isSettled } = await sweepRepository(parts, repository);
    for (const { id, decisions } of recorded) log.warn({ repository: repository.name, delivery: id, decisions }, FOUND);
    return isSettled;
  } catch (error) {
    // An interrupted question says nothing about the repository.
    if (signal.aborted) return false;
    parts.answers?.delete(repository.cloneUrl);
    const problem = redact(messageOf(error));
    log.warn({ repository: repository.name, problem }, "could not be asked for missed pushes; trying again later");
    // If even that cannot be written, the store is away, and the log has said so.
    await parts.store.sweeps
      .record(repository.name, problem, [])
      .catch((cause: unknown) => log.error({ err: cause }, "sweep"));
    return false;
  }
}

/** A webhook may have come all the same: refused, answered with an error, or without a list of what was pushed. */
const FOUND = "a sweep found a ref that no deployment knows of";
