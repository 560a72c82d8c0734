import { checkJson, detailJson } from "../../answers/deployments/deployment-json.ts";
import { deploymentAdvice } from "../../answers/stories/deployment-advice.ts";
import { openReader } from "../../compose/app.ts";
import { isOutcome } from "../../domain/deployment.ts";
import type { Invocation } from "../command-entry.ts";
import { namedDeployment } from "../deployments/named-deployment.ts";
import { printDeployment } from "../deployments/print-deployment.ts";
import { EXIT } from "../exit-codes.ts";
import type { TargetOptions } from "../targets/target-words.ts";

export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const reader = await openReader(options.config);
  const { config, store } = reader;
  const id = await namedDeployment(reader, args, options);
  const detail = await store.deployments.detail(id);
  const checks = await store.verifications.checks(id);
  const [state] = detail === undefined ? [] : await store.targets.status(detail.deployment);
  await store.close();
  if (detail === undefined) return EXIT.failed;
  const advice = deploymentAdvice(detail, state);
  if (print.isJson) {
    const json = checks.map((check) => checkJson(check, id));
    print.json({ ...detailJson(detail), checks: json, advice: advice ?? null });
    return EXIT.ok;
  }
  const next = isOutcome(detail.deployment.status) ? advice : undefined;
  printDeployment({ detail, checks, advice: next, stuckAfter: config.deployment.stuck_after }, print);
  return EXIT.ok;
}
