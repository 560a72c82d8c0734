import type { Gaps } from "../../answers/targets/gaps-of.ts";

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
