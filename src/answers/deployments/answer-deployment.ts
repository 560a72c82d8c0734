import type { DeploymentDocument } from "../schemas/deployment-document.ts";
import type { Sources } from "../sources.ts";
import { deploymentAdvice } from "../stories/deployment-advice.ts";
import { stuckMs } from "../targets/stuck-ms.ts";
import { checkJson, detailJson } from "./deployment-json.ts";

/** Everything about one deployment but its log; undefined if there is no such deployment. */
export async function answerDeployment(
  { config, store }: Sources,
  id: string,
): Promise<DeploymentDocument | undefined> {
  const detail = await store.deployments.detail(id);
  if (detail === undefined) return undefined;
  const checks = await store.verifications.checks(id);
  const [state] = await store.targets.status(targetOf(detail.deployment));
  const { status, phaseChangedAt } = detail.deployment;
  const isRunning = status === "running" || status === "rolling_back";
  return {
    version: 1,
    ...detailJson(detail),
    checks: checks.map((check) => checkJson(check, id)),
    advice: deploymentAdvice(detail, state) ?? null,
    stuck_ms: (isRunning ? stuckMs(phaseChangedAt, config.deployment.stuck_after) : undefined) ?? null,
  };
}

function targetOf({ fraise, environment, job }: { fraise: string; environment: string; job: string }) {
  return { fraise, environment, job };
}
