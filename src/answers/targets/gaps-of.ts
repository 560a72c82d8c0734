import type { Target } from "../../config/config.ts";
import type { Host } from "../../host/host.ts";
import { sandboxGaps } from "../../sandbox/sandbox-gaps.ts";

/** The code of a target that runs without its sandbox. A target that fraises.yaml no longer has runs none. */
export type Gaps = Awaited<ReturnType<typeof sandboxGaps>>;

export async function gapsOf(
  target: Target | undefined,
  { processes }: Pick<Host, "processes">,
  stateDirectory: string,
): Promise<Gaps> {
  return target === undefined ? [] : await sandboxGaps(processes, target, process.getuid?.(), stateDirectory);
}
