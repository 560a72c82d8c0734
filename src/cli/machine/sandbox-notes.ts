import type { Target } from "../../config/config.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Host } from "../../host/host.ts";
import { sandboxGaps } from "../../sandbox/sandbox-gaps.ts";

/** Keyed by the name of the target: the code that runs there without its sandbox. */
export type Gaps = ReadonlyMap<string, Awaited<ReturnType<typeof sandboxGaps>>>;

export async function gapsOf(targets: readonly Target[], { processes }: Host): Promise<Gaps> {
  const entries = targets.map(async (target) => [targetName(target), await sandboxGaps(processes, target)] as const);
  return new Map(await Promise.all(entries));
}

/** A sentence for each gap. Targets that have the same one share it. */
export function sandboxNotes(gaps: Gaps): readonly string[] {
  const names = new Map<string, string[]>();
  for (const [name, found] of gaps) {
    for (const { problem, hint } of found) {
      const note = `not in a sandbox: ${problem}. ${hint}`;
      names.set(note, [...(names.get(note) ?? []), name]);
    }
  }
  return [...names].map(([note, targets]) => `${targets.join(", ")}: ${note}`);
}
