import type { LogDocument } from "../schemas/log-document.ts";
import type { Feed } from "./feed.ts";

/** So many lines are read at once. */
const PAGE = 1_000;

/** The log of a deployment as it is now, behind the line of a sequence; undefined if there is no such deployment. */
export async function wholeLog(feed: Pick<Feed, "log">, id: string, behind = 0): Promise<LogDocument | undefined> {
  const lines: LogDocument["lines"][number][] = [];
  for (;;) {
    const page = await feed.log({ id, after: lines.at(-1)?.sequence ?? behind, limit: PAGE });
    if (page === undefined) return undefined;
    lines.push(...page.lines);
    if (page.lines.length < PAGE) return { ...page, lines };
  }
}
