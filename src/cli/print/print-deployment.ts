import type { DeploymentDocument } from "../../answers/schemas/deployment-document.ts";
import { earlierRunners } from "../../answers/stories/deployment-story.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { readOptions } from "../../domain/deployment-options.ts";
import { durationInWords } from "../../domain/duration-in-words.ts";
import { targetName } from "../../domain/fraise.ts";
import { optionsInWords } from "../../actions/deployments/asked-options.ts";
import { checkTable } from "./check-table.ts";
import { harmless } from "../../domain/harmless.ts";
import { outcomeStyle } from "./outcome-style.ts";
import { phaseDetail } from "./phase-detail.ts";
import type { Print } from "./print.ts";
import { tookInWords } from "../../domain/time-words.ts";

type Row = DeploymentDocument["deployment"];

/** A line with its label. No line is printed if there is no text. */
type Fact = readonly [label: string, text: string | undefined | null];

/** Prints everything on record of a deployment: facts with their labels, then its steps, checks and phases. */
export function printDeployment(document: DeploymentDocument, print: Print): void {
  const { deployment, stuck_ms: stuck, advice } = document;
  const { id, status } = deployment;
  print.line(`${print.style("bold", id)}  ${targetName(deployment)}  ${outcomeStyle(print, status)}`);
  printFacts([...wishFacts(deployment), ["queued", print.time(deployment.queued_at)], ...queueFacts(document)], print);
  if (stuck !== null) print.line(print.style("red", `stuck     in ${deployment.phase} for ${durationInWords(stuck)}`));
  printFacts([...reasonFacts(deployment), ["next", isOutcome(status) ? advice : undefined]], print);
  printSteps(document.steps, print);
  printChecks(document.checks, print);
  printPhases(document.phases, print);
}

function printFacts(facts: readonly Fact[], print: Print): void {
  for (const [label, text] of facts)
    if (text !== undefined && text !== null) print.prose(label.padEnd(10), harmless(text));
}

/** The revision, the person or forge that wants it, and the options that were asked for. */
function wishFacts(row: Row): readonly Fact[] {
  const { revision, ref_kind: kind, ref_name: ref, message, options } = row;
  return [
    ["revision", kind === null ? revision : `${revision} (${kind} ${ref})`],
    ["by", `${row.triggered_by} (${row.trigger})`],
    ["message", message === "" ? undefined : message.split("\n")[0]],
    ["options", optionsInWords(readOptions(options)) || undefined],
  ];
}

/** The place of a deployment among others: its successor, the thing it waits for, the deployment that it tries again or goes back to, its runners. */
function queueFacts({ deployment: row, phases }: DeploymentDocument): readonly Fact[] {
  const retry = `${row.retry} of ${row.retry_limit}, of deployment ${row.retry_of}`;
  const runners = earlierRunners({ deployment: row, phases });
  return [
    ["replaced", row.superseded_by === null ? undefined : `by ${row.superseded_by}`],
    ["waits", row.held_because],
    ["override", row.override_by === null ? undefined : `by ${row.override_by}: ${row.override_reason}`],
    ["retry", row.retry > 0 ? retry : undefined],
    ["goes back", row.returns_to === null ? undefined : `to what deployment ${row.returns_to} made live`],
    ...runners.map((text, index): Fact => [index === 0 ? "attempts" : "", text]),
  ];
}

/** Why a deployment ended as it did, and the hint of the failure, which may have several lines. */
function reasonFacts({ reason, hint }: Row): readonly Fact[] {
  const hints = hint.split("\n").filter((line) => line !== "");
  return [["why", reason === "" ? undefined : reason], ...hints.map((line): Fact => ["", line])];
}

function printSteps(steps: DeploymentDocument["steps"], print: Print): void {
  if (steps.length === 0) return;
  print.line();
  print.table(
    ["STEP", { title: "PHASE", leaves: 1 }, "STATUS", { title: "TOOK", leaves: 2 }, "ERROR"],
    steps.map(({ step, phase, status, duration_ms: took, error }) => [
      step,
      phase,
      status,
      took === null ? "-" : tookInWords(took),
      harmless(error),
    ]),
  );
}

function printChecks(checks: DeploymentDocument["checks"], print: Print): void {
  if (checks.length === 0) return;
  print.line();
  checkTable(
    print,
    checks.map(({ duration_ms: durationMs, ...check }) => ({ ...check, durationMs })),
  );
}

function printPhases(phases: DeploymentDocument["phases"], print: Print): void {
  if (phases.length === 0) return;
  print.line();
  print.table(
    ["AT", "PHASE", { title: "PROGRESS", leaves: 1 }, "WITH"],
    phases.map(({ at, phase, progress, metadata }) => [
      print.clock(at),
      phase,
      `${progress} %`,
      harmless(phaseDetail(metadata)),
    ]),
  );
}
