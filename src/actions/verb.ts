import { z } from "zod";
import { UsageError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import type { Forge } from "../forges/forge.ts";
import type { Acting } from "./acting.ts";

/** The parts of a verb: those of Acting, and the forges that fraises.yaml names. */
export interface VerbParts extends Acting {
  readonly instances: readonly { readonly name: string; readonly forge: Forge }[];
}

/** An act that nothing was done of yet. */
export interface Prepared {
  /** The targets that it changes; `*` stands for all of them. */
  readonly on: readonly TargetKey[];
  /** Does it. Gives the document that answers it. */
  act(): Promise<Readonly<Record<string, unknown>>>;
}

/** Something that a program asks for with a document. */
export interface Verb {
  readonly name: string;
  /** Reads the document and finds what it names, and changes nothing. @throws UsageError */
  prepare(parts: VerbParts, wish: unknown, by: string): Promise<Prepared>;
}

/** A verb whose documents have a schema. */
export function defineVerb<Schema extends z.ZodType>(
  name: string,
  wish: Schema,
  prepare: (parts: VerbParts, wish: z.infer<Schema>, by: string) => Promise<Prepared>,
): Verb {
  return {
    name,
    async prepare(parts, document, by) {
      const read = wish.safeParse(document);
      if (read.success) return await prepare(parts, read.data, by);
      const problems = read.error.issues.map(({ path, message }) =>
        [path.join("."), message].filter(Boolean).join(": "),
      );
      throw new UsageError(`this is no document for ${name}: ${problems.join("; ")}`, {
        hint: "docs/operating.md lists its keys.",
      });
    },
  };
}

/** `shop/production`, `shop/production/daily`, or `shop` if it has one target. */
export const targetField = z.string().min(1).max(300);
export const reasonField = z.string().max(2_000).optional();
