import { sql } from "kysely";
import type { LogLine } from "../../domain/log-line.ts";
import type { StoreContext } from "../store-context.ts";

export interface LogPageFilter {
  readonly id: string;
  /** Only lines behind this one, the nearest first. Without it: lines before `before`, or the last ones. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  /** Only lines with this text in them, in small or capital letters. */
  readonly containing?: string | undefined;
  /** Only lines of these steps. */
  readonly steps?: readonly string[] | undefined;
  readonly limit: number;
}

/** A text within a pattern of LIKE, each of its characters standing for itself. */
function literally(text: string): string {
  return text.replaceAll(/[!%_]/g, "!$&");
}

/** Lines of one deployment's log, oldest first. A search reads the log of this deployment and of no other. */
export async function logPage(
  { db }: StoreContext,
  { id, after, before, containing = "", steps, limit }: LogPageFilter,
): Promise<readonly LogLine[]> {
  let query = db
    .selectFrom("tb_deployment_log")
    .select(["sequence", "at", "step", "stream", "line"])
    .where("deployment_id", "=", id)
    .orderBy("sequence", after === undefined ? "desc" : "asc")
    .limit(limit);
  if (after !== undefined) query = query.where("sequence", ">", after);
  if (before !== undefined) query = query.where("sequence", "<", before);
  if (containing !== "")
    query = query.where(sql<boolean>`lower(line) like lower(${`%${literally(containing)}%`}) escape '!'`);
  if (steps !== undefined) query = query.where("step", "in", steps);
  const lines = await query.execute();
  return after === undefined ? lines.toReversed() : lines;
}
