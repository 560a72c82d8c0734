import type { Path } from "../file/locate.ts";
import { didYouMean } from "../file/nearest.ts";
import type { Problems } from "../file/problems.ts";

/** The jobs in the order of the file, but each after those it depends on; what names nothing or itself is complained about. */
export function inOrder<Job extends { readonly depends_on?: readonly string[] | undefined }>(
  jobs: Readonly<Record<string, Job>>,
  path: Path,
  problems: Problems,
): readonly (readonly [string, Job])[] {
  const done = new Set<string>();
  const ordered: (readonly [string, Job])[] = [];
  const visit = (name: string, job: Job, trail: readonly string[]): void => {
    if (done.has(name)) return;
    for (const [index, other] of (job.depends_on ?? []).entries()) {
      const at = [...path, name, "depends_on", index];
      const known = Object.hasOwn(jobs, other) ? jobs[other] : undefined;
      const way = [...trail, name];
      if (known === undefined) {
        problems.of(at, ` names the job "${other}", which is not there${didYouMean(other, Object.keys(jobs))}`);
      } else if (way.includes(other)) {
        problems.of(at, ` goes round in a circle: ${[...way.slice(way.indexOf(other)), other].join(" -> ")}`);
      } else visit(other, known, way);
    }
    if (done.has(name)) return;
    done.add(name);
    ordered.push([name, job]);
  };
  for (const [name, job] of Object.entries(jobs)) visit(name, job, []);
  return ordered;
}
