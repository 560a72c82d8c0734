/** A sentence of the chain that `fraisier why` tells. */
export interface Sentence {
  /** The ISO time of the event; undefined if it has none. */
  readonly at?: string | undefined;
  readonly says: string;
  /** The commands that the reader may run. */
  readonly isAdvice?: boolean;
}
