import type { Target } from "../../config/config.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Host } from "../../host/host.ts";
import { sandboxGaps } from "../../sandbox/sandbox-gaps.ts";

/** Keyed by the name of the target: the code that runs there without its sandbox. */
export type Gaps = ReadonlyMap<string, Awaited<ReturnType<typeof sandboxGaps>>>;

export async function gapsOf(targets: readonly Target[], { processes }: Pick<Host, "processes">): Promise<Gaps> {
  const entries = targets.map(async (target) => [targetName(target), await sandboxGaps(processes, target)] as const);
  return new Map(await Promise.all(entries));
}
