import { isOutcome } from "../../domain/deployment.ts";
import type { DeploymentDocument } from "../schemas/deployment-document.ts";
import type { LogDocument } from "../schemas/log-document.ts";
import type { Feed } from "./feed.ts";
import { wholeLog } from "./whole-log.ts";

/** A deployment after something about it changed. */
export interface Followed {
  readonly document: DeploymentDocument;
  /** The lines of its log that came since the last look; empty if the log is not followed. */
  readonly lines: LogDocument["lines"];
}

export interface FollowOptions {
  /** Follows the log, too, behind the line of this sequence; 0 begins at its start. */
  readonly logAfter?: number;
  /** Once it aborts, the deployment is read a last time. */
  readonly signal?: AbortSignal | undefined;
}

/** Gives a deployment as it is now, and again each time that it has changed, until it has ended. Gives nothing if there is no such deployment. */
export async function* follow(
  feed: Pick<Feed, "deployment" | "log" | "news">,
  id: string,
  { logAfter, signal }: FollowOptions = {},
): AsyncGenerator<Followed, void, undefined> {
  let after = logAfter;
  let before = "";
  for (;;) {
    const isLast = signal?.aborted === true;
    const found = await look(feed, id, after);
    if (found === undefined) return;
    const { document, lines } = found;
    after = lines.at(-1)?.sequence ?? after;
    const now = JSON.stringify(document);
    if (now !== before || lines.length > 0) yield found;
    before = now;
    if (isLast || isOutcome(document.deployment.status)) return;
    await feed.news({ deployment: id, withLog: after !== undefined }, signal);
  }
}

async function look(
  feed: Pick<Feed, "deployment" | "log">,
  id: string,
  after: number | undefined,
): Promise<Followed | undefined> {
  // The document is read before the lines, so that no line written before the end is missed.
  const document = await feed.deployment(id);
  if (document === undefined) return undefined;
  const log = after === undefined ? undefined : await wholeLog(feed, id, after);
  return { document, lines: log?.lines ?? [] };
}
