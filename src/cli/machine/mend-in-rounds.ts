import type { FoundDamage } from "../../repairs/find-damages.ts";
import { isMending } from "../../repairs/repair.ts";
import { confirm } from "../prompt/confirm.ts";
import type { Look, Mended } from "./mend-damage.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";

/** A damage can hide another one: a target can be looked at only after its interrupted deployment was taken up. */
const ROUNDS = 3;

export interface RepairOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** The damages that a repair worked on, and the damages that are still there after it. */
export interface Repaired {
  readonly mended: readonly Mended[];
  readonly left: readonly FoundDamage[];
}

/** Shows the damages, asks, mends, and looks again. With `dryRun` it only looks. @throws UsageError if the person does not want them mended */
export async function mendInRounds(
  look: Look,
  mend: (damage: FoundDamage) => Promise<Mended>,
  { yes = false, dryRun = false }: RepairOptions,
  print: Print,
): Promise<Repaired> {
  const mended: Mended[] = [];
  let left = await look();
  if (dryRun) return { mended, left };
  for (let round = 0; round < ROUNDS; round += 1) {
    const tried = new Set(mended.map(({ damage }) => nameOf(damage)));
    const todo = left.filter((each) => isMending(each.remedy) && !tried.has(nameOf(each)));
    if (todo.length === 0) break;
    if (!print.isJson) showDamages(todo, print);
    if (!yes)
      await confirm(
        `fraisier would mend ${todo.length === 1 ? "it" : `these ${todo.length} things`} as shown.`,
        "mend",
      );
    for (const damage of todo) {
      const result = await mend(damage);
      mended.push(result);
      if (!print.isJson) tell(result, print);
    }
    left = await look();
  }
  return { mended, left };
}

export function showDamages(damages: readonly FoundDamage[], print: Print): void {
  print.facts(
    damages.flatMap(({ kind, what, why, remedy }) => {
      const does = isMending(remedy) ? `fraisier repair ${remedy.does}` : `for you: ${remedy.byHand}`;
      const style = isMending(remedy) ? "yellow" : "red";
      return [
        [print.style(style, kind), harmless(`${what}.`)],
        ["", harmless(`Reason: ${why}.`)],
        ["", print.style("bold", harmless(`→ ${does}`))],
      ] as const;
    }),
  );
}

function tell({ damage, said, error }: Mended, print: Print): void {
  const verdict = error === null ? print.style("green", "mended") : print.style("red", "failed");
  print.line(`${verdict}  ${harmless(`${damage.kind}: ${error ?? said ?? ""}`)}`);
}

function nameOf({ kind, where, remedy }: FoundDamage): string {
  return `${kind} ${where} ${isMending(remedy) ? remedy.does : ""}`;
}
