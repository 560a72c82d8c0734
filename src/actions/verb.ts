import { z } from "zod";
import { UsageError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Forge } from "../forges/forge.ts";
import type { Store } from "../store/store.ts";
import type { Scope } from "../domain/api-token.ts";
import type { Acting } from "./acting.ts";
import type { AskRunner } from "./ask-runner.ts";

/** The parts of a verb: those of Acting, the forges that fraises.yaml names, and processes that answer. */
export interface VerbParts extends Acting {
  /**
   * This is the store for an act that must not be done twice: the document that is made of the act's result is kept as its answer in the transaction of the act. No document is kept of undefined.
   * Absent if the act may be done again.
   */
  readonly keeping?: (document: (result: never) => Answer | undefined) => Store;
  readonly instances: readonly { readonly name: string; readonly forge: Forge }[];
  readonly askRunner: AskRunner;
}

/** The person or program that asks for a verb. */
export interface Asking {
  /** As the record names it: `token ci`. */
  readonly by: string;
  readonly scope: Scope;
  /** Aborts if nobody waits for the answer any more. */
  readonly signal: AbortSignal;
}

type Answer = Readonly<Record<string, unknown>>;

/** The parts of an act whose answer is made of its result. */
export function answering(parts: VerbParts, document: (result: never) => Answer | undefined): VerbParts {
  return { ...parts, store: parts.keeping?.(document) ?? parts.store };
}

/** An act that nothing was done of yet. */
export interface Prepared {
  /** The targets that it changes; `*` stands for all of them. */
  readonly on: readonly TargetKey[];
  /** Does it. Gives the document that answers it. */
  act(): Promise<Answer>;
}

/** Something that a program asks for with a document. */
export interface Verb {
  readonly name: string;
  /** The act in a few words. */
  readonly summary: string;
  /** The scope that it needs. */
  readonly scope: Scope;
  /** Whether the answer to a request under an `Idempotency-Key` is kept: carrying it out twice would do a thing twice. */
  readonly isOnce: boolean;
  readonly wish: z.ZodType;
  readonly answer: z.ZodType;
  /** Reads the document and finds what it names, and changes nothing. @throws UsageError */
  prepare(parts: VerbParts, wish: unknown, asking: Asking): Promise<Prepared>;
}

type Described<Schema> = Pick<Verb, "name" | "summary" | "answer"> &
  Partial<Pick<Verb, "scope" | "isOnce">> & { readonly wish: Schema };

/** A verb whose documents have a schema. */
export function defineVerb<Schema extends z.ZodType>(
  { name, summary, scope = "deploy", isOnce = true, wish, answer }: Described<Schema>,
  prepare: (parts: VerbParts, wish: z.infer<Schema>, asking: Asking) => Promise<Prepared>,
): Verb {
  return {
    name,
    summary,
    scope,
    isOnce,
    wish: wish.meta({ id: `${documentWord(name)}Request`, description: summary }),
    answer,
    async prepare(parts, document, asking) {
      const read = wish.safeParse(document);
      if (read.success) return await prepare(parts, read.data, asking);
      const problems = read.error.issues.map(({ path, message }) =>
        [path.join("."), message].filter(Boolean).join(": "),
      );
      throw new UsageError(`this is no document for ${name}: ${problems.join("; ")}`, {
        hint: "docs/api.md lists its keys.",
      });
    },
  };
}

/** `PlanRollback` for `plan-rollback`. */
function documentWord(name: string): string {
  return name
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");
}

/** `shop/production`, `shop/production/daily`, or `shop` if it has one target. */
export const targetField = z.string().min(1).max(300).describe("shop/production, or shop alone if it has one target.");
export const reasonField = z.string().max(2_000).optional().describe("It stands in the record.");
