import type { z } from "zod";
import type { Sources } from "../../answers/sources.ts";
import type { Within } from "../../answers/within.ts";
import { readQuery } from "./query.ts";

/** A request of somebody who may know of some targets. */
export interface Asked<Query> {
  readonly sources: Sources;
  /** The parts of the path that stand for `:name`. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly within: Within;
}

/** A path of the API that only reads, and the document that it answers with. */
export interface Question {
  readonly path: string;
  /** The answer in a few words. */
  readonly summary: string;
  readonly query: z.ZodObject;
  readonly document: z.ZodType;
  /** Undefined if the asker may not know of the thing, or if it does not exist. @throws UsageError for parameters that cannot be used. */
  answer(asked: Asked<Readonly<Record<string, string>>>): Promise<object | undefined>;
}

/** A question whose parameters are read before it is answered. */
export function question<Query extends z.ZodObject>(
  asked: Omit<Question, "query" | "answer"> & {
    readonly query: Query;
    answer(asked: Asked<z.infer<Query>>): Promise<object | undefined>;
  },
): Question {
  return {
    ...asked,
    answer: async (request) => await asked.answer({ ...request, query: readQuery(asked.query, request.query) }),
  };
}
