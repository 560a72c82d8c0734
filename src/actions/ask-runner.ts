/** A verb that a process of its own carries out: it asks git, or starts commands, and the daemon does neither for a request. */
export interface RunnerQuestion {
  readonly verb: string;
  /** The document of the verb, in which every target has its whole name. */
  readonly wish: Readonly<Record<string, unknown>>;
  /** The person or program that asks, as the record names it. */
  readonly by: string;
  /** Whether programs that come with a revision may be started: they are code of whoever may push. */
  readonly mayRunCode: boolean;
}

/** So much time, in milliseconds, and no more. The work is ended if the signal aborts. */
interface QuestionBounds {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Has a process carry a verb out, and gives the document that answers it. @throws the error of that process, HostUnavailable if there is no answer. */
export type AskRunner = (
  question: RunnerQuestion,
  bounds: QuestionBounds,
) => Promise<Readonly<Record<string, unknown>>>;
