import { openReader } from "../../compose/app.ts";
import { isOutcome } from "../../domain/deployment.ts";
import { targetName } from "../../domain/fraise.ts";
import { checkTable } from "../print/check-table.ts";
import { checkJson, detailJson } from "../../answers/deployments/deployment-json.ts";
import type { Invocation } from "../command-entry.ts";
import { optionsInWords } from "../deployments/asked-options.ts";
import { outcomeStyle } from "../print/outcome-style.ts";
import { phaseDetail } from "../print/phase-detail.ts";
import { harmless } from "../print/harmless.ts";
import { namedDeployment } from "../deployments/named-deployment.ts";
import { deploymentAdvice } from "../../answers/stories/deployment-advice.ts";
import { earlierRunners } from "../../answers/stories/deployment-story.ts";
import type { TargetOptions } from "../targets/target-words.ts";
import { stuckFor } from "../../answers/targets/stuck-for.ts";

export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const reader = await openReader(options.config);
  const { config, store } = reader;
  const id = await namedDeployment(reader, args, options);
  const detail = await store.deployments.detail(id);
  const checks = await store.verifications.checks(id);
  const [state] = detail === undefined ? [] : await store.targets.status(detail.deployment);
  await store.close();
  if (detail === undefined) return 1;
  if (print.isJson) {
    print.json({
      ...detailJson(detail),
      checks: checks.map((check) => checkJson(check, id)),
      advice: deploymentAdvice(detail, state) ?? null,
    });
    return 0;
  }
  const { deployment, phases, steps } = detail;
  print.line(
    `${print.style("bold", deployment.id)}  ${targetName(deployment)}  ${outcomeStyle(print, deployment.status)}`,
  );
  print.line(
    `revision  ${deployment.revision}${deployment.ref === undefined ? "" : harmless(` (${deployment.ref.kind} ${deployment.ref.name})`)}`,
  );
  print.line(`by        ${harmless(deployment.triggeredBy)} (${deployment.trigger})`);
  if (deployment.message !== "") print.line(`message   ${harmless(deployment.message.split("\n")[0] ?? "")}`);
  const asked = optionsInWords(deployment.options);
  if (asked !== "") print.line(`options   ${asked}`);
  print.line(`queued    ${print.time(deployment.queuedAt)}`);
  if (deployment.supersededBy !== undefined) print.line(`replaced  by ${deployment.supersededBy}`);
  if (deployment.heldBecause !== undefined) print.line(`waits     ${harmless(deployment.heldBecause)}`);
  if (deployment.overrideBy !== undefined)
    print.line(harmless(`override  by ${deployment.overrideBy}: ${deployment.overrideReason}`));
  if (deployment.retry > 0)
    print.line(`retry     ${deployment.retry} of ${deployment.retryLimit}, of deployment ${deployment.retryOf}`);
  if (deployment.returnsTo !== undefined) print.line(`goes back to what deployment ${deployment.returnsTo} made live`);
  for (const [index, says] of earlierRunners(detail).entries())
    print.line(`${(index === 0 ? "attempts" : "").padEnd(10)}${says}`);
  const isRunning = deployment.status === "running" || deployment.status === "rolling_back";
  const stuck = isRunning ? stuckFor(deployment.phaseChangedAt, config.deployment.stuck_after) : undefined;
  if (stuck !== undefined) print.line(print.style("red", `stuck     in ${deployment.phase} for ${stuck}`));
  if (deployment.reason !== "") print.line(`why       ${harmless(deployment.reason)}`);
  const advice = isOutcome(deployment.status) ? deploymentAdvice(detail, state) : undefined;
  for (const line of deployment.hint.split("\n").filter((each) => each !== ""))
    print.line(`          ${harmless(line)}`);
  if (advice !== undefined) print.line(`next      ${harmless(advice)}`);
  if (steps.length > 0) {
    print.line();
    print.table(
      ["STEP", "PHASE", "STATUS", "TOOK", "ERROR"],
      steps.map((step) => [
        step.step,
        step.phase,
        step.status,
        step.durationMs === undefined ? "-" : `${step.durationMs} ms`,
        harmless(step.error),
      ]),
    );
  }
  if (checks.length > 0) {
    print.line();
    checkTable(print, checks);
  }
  if (phases.length === 0) return 0;
  print.line();
  print.table(
    ["AT", "PHASE", "PROGRESS", "WITH"],
    phases.map((phase) => [phase.at, phase.phase, `${phase.progress} %`, harmless(phaseDetail(phase.metadata))]),
  );
  return 0;
}
