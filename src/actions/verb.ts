import { z } from "zod";
import { UsageError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Forge } from "../forges/forge.ts";
import type { Store } from "../store/store.ts";
import type { Acting } from "./acting.ts";

/** The parts of a verb: those of Acting, and the forges that fraises.yaml names. */
export interface VerbParts extends Acting {
  /**
   * This is the store for an act that must not be done twice: the document that is made of the act's result is kept as its answer in the transaction of the act. No document is kept of undefined.
   * Absent if the act may be done again.
   */
  readonly keeping?: (document: (result: never) => Answer | undefined) => Store;
  readonly instances: readonly { readonly name: string; readonly forge: Forge }[];
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
  readonly wish: z.ZodType;
  readonly answer: z.ZodType;
  /** Reads the document and finds what it names, and changes nothing. @throws UsageError */
  prepare(parts: VerbParts, wish: unknown, by: string): Promise<Prepared>;
}

/** A verb whose documents have a schema. */
export function defineVerb<Schema extends z.ZodType>(
  { name, summary, wish, answer }: Pick<Verb, "name" | "summary" | "answer"> & { readonly wish: Schema },
  prepare: (parts: VerbParts, wish: z.infer<Schema>, by: string) => Promise<Prepared>,
): Verb {
  return {
    name,
    summary,
    wish: wish.meta({ id: `${name.charAt(0).toUpperCase()}${name.slice(1)}Request`, description: summary }),
    answer,
    async prepare(parts, document, by) {
      const read = wish.safeParse(document);
      if (read.success) return await prepare(parts, read.data, by);
      const problems = read.error.issues.map(({ path, message }) =>
        [path.join("."), message].filter(Boolean).join(": "),
      );
      throw new UsageError(`this is no document for ${name}: ${problems.join("; ")}`, {
        hint: "docs/api.md lists its keys.",
      });
    },
  };
}

/** `shop/production`, `shop/production/daily`, or `shop` if it has one target. */
export const targetField = z.string().min(1).max(300).describe("shop/production, or shop alone if it has one target.");
export const reasonField = z.string().max(2_000).optional().describe("It stands in the record.");
