import type { DeploymentDetail } from "../../store/reads/deployment-detail.ts";
import type { Store } from "../../store/store.ts";

/** The deployment of this id, unless it is a rollback: a rollback brings nothing that a person could want to keep. */
export async function newerPush(
  store: Pick<Store, "deployments">,
  id: string | undefined,
): Promise<DeploymentDetail["deployment"] | undefined> {
  if (id === undefined) return undefined;
  const deployment = (await store.deployments.detail(id))?.deployment;
  return deployment?.trigger === "rollback" ? undefined : deployment;
}
