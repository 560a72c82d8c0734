/** The direction that is wanted of a figure, and how far. */
type Wanted = { readonly most: number } | { readonly least: number };

/** Something measured, as a number that can be kept and compared. */
export interface Figure {
  /** Stays the same from revision to revision: results are compared by it. */
  readonly id: string;
  readonly value: number;
  /** Behind the number, with its space: ` ms`. */
  readonly unit: string;
  readonly digits: number;
  readonly wanted: Wanted;
  /** One sentence on what bounds it now. */
  readonly boundBy: string;
}

/** A line of a table. A row without a figure is there to compare with, and has only its text. */
export interface Row {
  readonly measured: string;
  readonly result: string;
  readonly figure?: Figure;
}

interface FigureOptions {
  readonly unit?: string;
  readonly digits?: number;
  readonly wanted: Wanted;
  readonly boundBy: string;
  /** The words of the result, if the number alone says too little. */
  readonly result?: string;
}

/** A row that makes a promise about a number. */
export function figure(
  id: string,
  measured: string,
  value: number,
  { unit = "", digits = 0, wanted, boundBy, result }: FigureOptions,
): Row {
  const kept = { id, value, unit, digits, wanted, boundBy };
  return { measured, result: result ?? withUnit(value, kept), figure: kept };
}

export function withUnit(value: number, { unit, digits }: Pick<Figure, "unit" | "digits">): string {
  return `${value.toFixed(digits)}${unit}`;
}

/** `≤ 150 ms`. */
export function wantedText({ wanted, ...figureOf }: Figure): string {
  return "most" in wanted ? `≤ ${withUnit(wanted.most, figureOf)}` : `≥ ${withUnit(wanted.least, figureOf)}`;
}

/** By how much what is wanted was missed; 0 if it was met. */
export function missedBy({ value, wanted }: Pick<Figure, "value" | "wanted">): number {
  return Math.max(0, "most" in wanted ? value - wanted.most : wanted.least - value);
}

/** `yes`, or by how much it was missed. */
export function metText(kept: Figure): string {
  const missed = missedBy(kept);
  // A miss is never rounded to nothing.
  const digits = missed < 10 && !Number.isInteger(missed) ? Math.max(kept.digits, 2) : kept.digits;
  return missed === 0 ? "yes" : `missed by ${withUnit(missed, { ...kept, digits })}`;
}
