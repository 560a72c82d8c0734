/** A deployment that is taken up again numbers its lines behind those of the runner that died. */
export const LINES_PER_ATTEMPT = 1_000_000;

/** The number of a line of a log as people read it: `12`, and `2.12` for a line of the second attempt. Pure. */
export function lineNumber(sequence: number): string {
  const attempt = Math.floor(sequence / LINES_PER_ATTEMPT);
  const line = sequence % LINES_PER_ATTEMPT;
  return attempt <= 1 ? String(line) : `${attempt}.${line}`;
}
