import type { TargetStatus } from "../../answers/schemas/status-document.ts";
import type { StatusDocument } from "../../answers/schemas/status-document.ts";
import { answerStatus } from "../../answers/targets/answer-status.ts";
import type { App } from "../../compose/app.ts";
import type { TargetKey } from "../../domain/fraise.ts";

/**
 * Takes the targets of a status that takes long, each as soon as it is known. Called once, with all of them as they are on record; gives the function that takes the
 * targets, by name.
 */
export type RowTaker = (foreseen: readonly TargetStatus[]) => (target: TargetStatus) => void;

/** A status that is there by then is shown as a whole. */
const SLOW_MS = 1_000;

/** The status of some targets of this machine. */
export async function statusInRows(
  { config, store, host }: Pick<App, "config" | "store" | "host">,
  targets: Partial<TargetKey>,
  takeRows: RowTaker | undefined,
): Promise<StatusDocument> {
  if (takeRows === undefined) return await answerStatus({ config, store }, { targets, host });
  const early: TargetStatus[] = [];
  let take = (target: TargetStatus): void => void early.push(target);
  const slow = new AbortController();
  const beginRows = async (): Promise<void> => {
    const record = await answerStatus({ config, store }, { targets, host: undefined, isBrief: true });
    if (slow.signal.aborted) return;
    take = takeRows(record.targets);
    for (const target of early) take(target);
  };
  let begun: Promise<void> | undefined;
  const timer = setTimeout(() => {
    begun = beginRows();
    // It is thrown where the whole answer is waited for.
    begun.catch(() => {});
  }, SLOW_MS);
  try {
    const onTarget = (target: TargetStatus): void => take(target);
    const status = await answerStatus({ config, store }, { targets, host, onTarget });
    slow.abort();
    await begun;
    return status;
  } finally {
    clearTimeout(timer);
  }
}
