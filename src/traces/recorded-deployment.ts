import type { RollbackRun } from "../domain/rollback-run.ts";
import type { Store } from "../store/store.ts";
import type { Delivery } from "./delivery-span.ts";

type Detail = NonNullable<Awaited<ReturnType<Store["deployments"]["detail"]>>>;

/** Everything on record of a deployment that its spans are made of. */
export interface RecordedDeployment extends Detail {
  readonly rollbacks: readonly RollbackRun[];
  readonly waits: Awaited<ReturnType<Store["deployments"]["waits"]>>;
  /** The delivery that led to it or to the deployment of which it is a retry; undefined if a person or a timer asked for it. */
  readonly delivery: Delivery | undefined;
  /** Later deliveries that were told that it takes care of them. */
  readonly laterDeliveries: readonly string[];
}

/** The record of a deployment; undefined if it was forgotten. */
export async function readDeployment(
  { deployments, deliveries }: Pick<Store, "deployments" | "deliveries">,
  id: string,
): Promise<RecordedDeployment | undefined> {
  const detail = await deployments.detail(id);
  if (detail === undefined) return undefined;
  const [first, ...others] = await deliveries.of(detail.deployment.retryOf ?? id);
  return {
    ...detail,
    rollbacks: await deployments.rollbacks(id),
    waits: await deployments.waits(id),
    delivery: first === undefined ? undefined : await deliveries.summary(first),
    laterDeliveries: others,
  };
}
