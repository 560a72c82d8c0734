import type { Kysely } from "kysely";
import type { OpenBackend } from "../backends/backend.ts";
import type { Tables } from "../tables.ts";

/** A promise of the store that one of its rows breaks. */
export interface Finding {
  readonly table: string;
  /** Names the row: its id, its target, or its key; a view or a column for a finding about the whole of it. */
  readonly row: string;
  readonly problem: string;
  /** The advice for a person, as a sentence. */
  readonly remedy: string;
}

interface Checked {
  readonly db: Kysely<Tables>;
  readonly backend: OpenBackend;
}

/** Looks for one kind of broken promise. */
export type Rule = (checked: Checked) => Promise<readonly Finding[]>;

/** Findings of one rule: the first of them say what is wrong. */
export const MOST_FINDINGS = 20;
