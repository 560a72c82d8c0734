import { DURATION_BOUNDS } from "../src/metrics/duration-metrics.ts";
import { METRICS } from "../src/metrics/metrics.ts";

/** Every metric of fraisier's own, with its type, labels and meaning. */
export function metricsTable(): string {
  const rows = METRICS.map(({ name, type, labels, help }) => {
    const named = labels.length === 0 ? "" : labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${named} | ${help} |`;
  });
  return [
    "| metric | type | labels | meaning |",
    "|---|---|---|---|",
    ...rows,
    "",
    `Histograms have buckets up to ${DURATION_BOUNDS.join(", ")} seconds.`,
    "",
  ].join("\n");
}
