/** A share of the width, as SVG writes lengths. Drawings have no scale of their own: marks and letters keep their size on every screen. */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(2))}%`;
}
