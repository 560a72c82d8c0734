import { earlierRunners } from "../../answers/stories/deployment-story.ts";
import { stuckFor } from "../../answers/targets/stuck-for.ts";
import { targetName } from "../../domain/fraise.ts";
import type { DeploymentDetail } from "../../store/reads/deployment-detail.ts";
import type { CheckRecord } from "../../store/reads/verification-checks.ts";
import { checkTable } from "../print/check-table.ts";
import { harmless } from "../print/harmless.ts";
import { outcomeStyle } from "../print/outcome-style.ts";
import { phaseDetail } from "../print/phase-detail.ts";
import type { Print } from "../print/print.ts";
import { optionsInWords } from "./asked-options.ts";

interface Shown {
  readonly detail: DeploymentDetail;
  readonly checks: readonly CheckRecord[];
  /** The commands that help the reader now. */
  readonly advice: string | undefined;
  /** A deployment that stays in one phase for longer than this is stuck, in milliseconds. */
  readonly stuckAfter: number;
}

type Row = DeploymentDetail["deployment"];

/** A line with its label. No line is printed for an undefined text. */
type Fact = readonly [label: string, text: string | undefined];

/** Prints everything on record of a deployment: facts with their labels, then its steps, checks and phases. */
export function printDeployment({ detail, checks, advice, stuckAfter }: Shown, print: Print): void {
  const { deployment } = detail;
  const { id, status } = deployment;
  print.line(`${print.style("bold", id)}  ${targetName(deployment)}  ${outcomeStyle(print, status)}`);
  printFacts([...wishFacts(deployment), ["queued", print.time(deployment.queuedAt)], ...queueFacts(detail)], print);
  printStuck(deployment, stuckAfter, print);
  printFacts([...reasonFacts(deployment), ["next", advice]], print);
  printSteps(detail.steps, print);
  printChecks(checks, print);
  printPhases(detail.phases, print);
}

function printFacts(facts: readonly Fact[], print: Print): void {
  for (const [label, text] of facts) if (text !== undefined) print.line(`${label.padEnd(10)}${harmless(text)}`);
}

/** The revision, the person or forge that wants it, and the options that were asked for. */
function wishFacts({ revision, ref, triggeredBy, trigger, message, options }: Row): readonly Fact[] {
  return [
    ["revision", ref === undefined ? revision : `${revision} (${ref.kind} ${ref.name})`],
    ["by", `${triggeredBy} (${trigger})`],
    ["message", message === "" ? undefined : message.split("\n")[0]],
    ["options", optionsInWords(options) || undefined],
  ];
}

/** The place of a deployment among others: its successor, the thing it waits for, the deployment that it tries again or goes back to, its runners. */
function queueFacts(detail: DeploymentDetail): readonly Fact[] {
  const { supersededBy, heldBecause, overrideBy, overrideReason, returnsTo, ...row } = detail.deployment;
  const retry = `${row.retry} of ${row.retryLimit}, of deployment ${row.retryOf}`;
  return [
    ["replaced", supersededBy === undefined ? undefined : `by ${supersededBy}`],
    ["waits", heldBecause],
    ["override", overrideBy === undefined ? undefined : `by ${overrideBy}: ${overrideReason}`],
    ["retry", row.retry > 0 ? retry : undefined],
    ["goes back", returnsTo === undefined ? undefined : `to what deployment ${returnsTo} made live`],
    ...earlierRunners(detail).map((text, index): Fact => [index === 0 ? "attempts" : "", text]),
  ];
}

function printStuck({ status, phase, phaseChangedAt }: Row, stuckAfter: number, print: Print): void {
  if (status !== "running" && status !== "rolling_back") return;
  const stuck = stuckFor(phaseChangedAt, stuckAfter);
  if (stuck !== undefined) print.line(print.style("red", `stuck     in ${phase} for ${stuck}`));
}

/** Why a deployment ended as it did, and the hint of the failure, which may have several lines. */
function reasonFacts({ reason, hint }: Row): readonly Fact[] {
  const hints = hint.split("\n").filter((line) => line !== "");
  return [["why", reason === "" ? undefined : reason], ...hints.map((line): Fact => ["", line])];
}

function printSteps(steps: DeploymentDetail["steps"], print: Print): void {
  if (steps.length === 0) return;
  print.line();
  print.table(
    ["STEP", "PHASE", "STATUS", "TOOK", "ERROR"],
    steps.map(({ step, phase, status, durationMs, error }) => [
      step,
      phase,
      status,
      durationMs === undefined ? "-" : `${durationMs} ms`,
      harmless(error),
    ]),
  );
}

function printChecks(checks: readonly CheckRecord[], print: Print): void {
  if (checks.length === 0) return;
  print.line();
  checkTable(print, checks);
}

function printPhases(phases: DeploymentDetail["phases"], print: Print): void {
  if (phases.length === 0) return;
  print.line();
  print.table(
    ["AT", "PHASE", "PROGRESS", "WITH"],
    phases.map(({ at, phase, progress, metadata }) => [at, phase, `${progress} %`, harmless(phaseDetail(metadata))]),
  );
}
