import type { PlanDocument } from "../../answers/schemas/plan-document.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "./print.ts";

/** Prints what a deployment or a rollback would do. */
export function printPlan(plan: PlanDocument, print: Print): void {
  if (print.isJson) {
    print.json(plan);
    return;
  }
  for (const note of plan.notes ?? []) print.line(harmless(note));
  printSteps(plan, print);
  const { refused, migrations, missing_variables: missing = [], would_wait: waitsFor, on_hold: hold } = plan;
  if (typeof hold === "string") {
    const end = plan.notes === undefined ? " A deployment by hand ends that." : "";
    print.line(print.style("yellow", harmless(`The target is on hold: ${hold}.${end}`)));
  }
  if (typeof waitsFor === "string") print.line(print.style("yellow", harmless(`It would wait now: ${waitsFor}`)));
  if (typeof refused === "string") print.line(print.style("red", harmless(`It would be refused: ${refused}`)));
  if (migrations !== undefined) printMigrations(migrations, print);
  if (missing.length === 0) return;
  print.line(
    "It would stop at once, unless the daemon's environment has them: required variables are neither set nor in this shell.",
  );
  for (const { set_with: command } of missing) print.line(harmless(`  ${command}`));
}

function printSteps({ target, revision, ref, runs_now: runsNow, steps }: PlanDocument, print: Print): void {
  const from = ref === null ? "" : harmless(` (${refInWords(ref)})`);
  print.line(`${harmless(target)}: ${harmless(revision)}${from}; runs now: ${harmless(runsNow ?? "nothing")}`);
  print.line("Nothing is done. A deployment would, in this order:");
  print.table(
    [{ title: "PHASE", leaves: 1 }, "STEP", { title: "UNDONE ON FAILURE", leaves: 2 }, "DOES"],
    steps.map((each) => [each.phase, each.step, each.undone_on_failure ? "yes" : "", each.does]),
  );
  for (const { step, finds } of steps) {
    if (finds.length === 0) continue;
    print.line();
    print.line(`${print.style("bold", step)}:`);
    for (const line of finds) print.line(`  ${harmless(line)}`);
  }
}

/** `branch main` for `refs/heads/main`. */
function refInWords(ref: string): string {
  return ref.replace(/^refs\/heads\//, "branch ").replace(/^refs\/tags\//, "tag ");
}

function printMigrations(migrations: NonNullable<PlanDocument["migrations"]>, print: Print): void {
  if (!migrations.known) {
    print.line(harmless(`The pending migrations cannot be known yet: ${migrations.reason}`));
    return;
  }
  print.line(harmless(`Pending migrations: ${migrations.pending.join(", ") || "none"}`));
  if (migrations.out_of_order.length > 0) print.line(harmless(`Out of order: ${migrations.out_of_order.join(", ")}`));
  if (migrations.changed.length > 0)
    print.line(harmless(`It would FAIL: changed after they were applied: ${migrations.changed.join(", ")}`));
}
