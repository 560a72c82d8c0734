/** One sentence of the chain that `fraisier why` tells. */
export interface Sentence {
  /** ISO time of what it tells; undefined where it tells of no moment. */
  readonly at?: string | undefined;
  readonly says: string;
  /** What the reader may do. */
  readonly isAdvice?: boolean;
}
