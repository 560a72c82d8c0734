import type { LogLine } from "../../domain/log-line.ts";
import type { Store } from "../../store/store.ts";

export interface LogPageQuestion {
  readonly id: string;
  /** Only lines with this text; empty for all. */
  readonly containing: string;
  /** Only lines of these steps; undefined for all. */
  readonly steps: readonly string[] | undefined;
  /** The lines behind this one; the lines before `before`; the lines around `around`; without any of them the last ones. */
  readonly after?: number | undefined;
  readonly before?: number | undefined;
  readonly around?: number | undefined;
  readonly limit: number;
}

/** A page of a log, with the way to the pages beside it. */
export interface LogPage {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** The value of `before` for the page with older lines; undefined if there are none. */
  readonly older: number | undefined;
  /** The value of `after` for the page with newer lines; undefined if there are none. */
  readonly newer: number | undefined;
}

/** The share of a page that stands before the line which a link names. */
const LEAD = 0.25;

/** Some lines of a deployment's log. */
export async function answerLogPage(store: Store, question: LogPageQuestion): Promise<LogPage> {
  const { id, containing, steps } = question;
  const filter = { id, containing, steps };
  const lines = await linesOf(store, question);
  const [first, last] = [lines.at(0)?.sequence, lines.at(-1)?.sequence];
  const isThere = async (edge: { readonly after?: number; readonly before?: number }): Promise<boolean> =>
    (await store.deployments.logPage({ ...filter, ...edge, limit: 1 })).length > 0;
  return {
    lines,
    older: first !== undefined && (await isThere({ before: first })) ? first : undefined,
    newer: last !== undefined && (await isThere({ after: last })) ? last : undefined,
  };
}

async function linesOf(
  store: Store,
  { id, containing, steps, after, before, around, limit }: LogPageQuestion,
): Promise<readonly LogLine[]> {
  const filter = { id, containing, steps };
  if (around === undefined) return await store.deployments.logPage({ ...filter, after, before, limit });
  const lead = Math.floor(limit * LEAD);
  return [
    ...(await store.deployments.logPage({ ...filter, before: around, limit: lead })),
    ...(await store.deployments.logPage({ ...filter, after: around - 1, limit: limit - lead })),
  ];
}
