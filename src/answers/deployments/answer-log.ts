import { isOutcome } from "../../domain/deployment.ts";
import type { Store } from "../../store/store.ts";
import type { LogDocument } from "../schemas/log-document.ts";

export interface LogQuestion {
  readonly id: string;
  /** The sequence of the last line that the asker has; 0 for a log from its start. */
  readonly after: number;
  readonly limit: number;
}

/** The next lines of a deployment's log; undefined if there is no such deployment. */
export async function answerLog(
  store: Pick<Store, "deployments">,
  { id, after, limit }: LogQuestion,
): Promise<LogDocument | undefined> {
  // The end is asked for before the lines are read, so that no line written before the end is missed.
  const status = (await store.deployments.detail(id))?.deployment.status;
  if (status === undefined) return undefined;
  const rows = await store.deployments.output(id, after, limit);
  const isWhole = rows.length < limit && isOutcome(status);
  return {
    version: 1,
    deployment_id: id,
    lines: rows.map(({ sequence, at, step, stream, line }) => ({ sequence, at, step, stream, line })),
    next: isWhole ? null : (rows.at(-1)?.sequence ?? after),
  };
}
