// oxlint-disable typescript/consistent-type-imports -- the modules are loaded at run time, and their types are named in place
import { join } from "node:path";

/** The pure parts of fraisier that a simulation drives. */
export type Parts = Awaited<ReturnType<typeof loadParts>>;

/** @param source the folder `src` of this repository, or of a copy with a defect put into it. */
export async function loadParts(source: string) {
  const load = async (path: string): Promise<unknown> => await import(/* @vite-ignore */ join(source, path));
  return {
    ...((await load("domain/decision.ts")) as Pick<typeof import("../../src/domain/decision.ts"), "decide">),
    ...((await load("queue/next-turn.ts")) as Pick<typeof import("../../src/queue/next-turn.ts"), "nextTurns">),
    ...((await load("queue/waves.ts")) as Pick<typeof import("../../src/queue/waves.ts"), "decideWaves">),
    ...((await load("domain/deployment.ts")) as Pick<typeof import("../../src/domain/deployment.ts"), "isOutcome">),
    ...((await load("domain/fraise.ts")) as Pick<typeof import("../../src/domain/fraise.ts"), "targetName">),
  };
}
