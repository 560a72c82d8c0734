import type { Target } from "../../config/config.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Host } from "../../host/host.ts";
import { inTurns } from "../in-turns.ts";
import { sandboxGaps } from "../../sandbox/sandbox-gaps.ts";

/** Keyed by the name of the target: the code that runs there without its sandbox. */
export type Gaps = ReadonlyMap<string, Awaited<ReturnType<typeof sandboxGaps>>>;

/** Each look starts one program at a time. */
const AT_ONCE = 8;

export async function gapsOf(targets: readonly Target[], { processes }: Pick<Host, "processes">): Promise<Gaps> {
  const look = async (target: Target) => [targetName(target), await sandboxGaps(processes, target)] as const;
  return new Map(await inTurns(targets, AT_ONCE, look));
}
