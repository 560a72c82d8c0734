import type { IncomingDelivery, RecordedDelivery } from "../domain/decision.ts";
import { UsageError } from "../domain/errors.ts";
import type { TargetKey } from "../domain/fraise.ts";
import { createRouter } from "../routing/route.ts";
import type { DeliveryDetail } from "../store/reads/delivery-detail.ts";
import type { Store } from "../store/store.ts";
import type { Instance } from "../webhooks/instance.ts";
import { replayed } from "../webhooks/replay.ts";
import type { Finding } from "./acting.ts";
import { refuseEmpty } from "./refuse-empty.ts";

/** A stored delivery that is decided again as soon as somebody says so. */
interface Replay {
  /** The targets that it reaches today. */
  readonly on: readonly TargetKey[];
  act(): Promise<RecordedDelivery | undefined>;
}

/** Finds a delivery (an id, the beginning of one, or `last`), and reads and routes it as of today. @throws UsageError */
export async function decideAgain(
  { config, store }: Finding,
  instances: readonly Pick<Instance, "name" | "forge">[],
  typed: string | undefined,
  by: string,
): Promise<Replay> {
  const detail = await deliveryNamed(store, typed);
  const again = await replayed(detail, { instances, router: createRouter(config.targets) }, by);
  return {
    on: targetsOf(again),
    async act() {
      const [recorded] = await store.deliveries.replay(again, detail.event.id, by);
      store.poke();
      return recorded;
    },
  };
}

function targetsOf({ proposals }: IncomingDelivery): readonly TargetKey[] {
  return proposals.flatMap((each) => ("target" in each && each.target !== undefined ? [each.target] : []));
}

/** @throws UsageError if no delivery, or more than one, is meant. */
async function deliveryNamed(store: Store, typed: string | undefined): Promise<DeliveryDetail> {
  refuseEmpty(typed, "delivery", "fraisier webhooks lists them.");
  const [id, another] = typed === "last" ? await newest(store) : await store.deliveries.find(typed);
  const detail = id === undefined ? undefined : await store.deliveries.detail(id);
  if (detail === undefined)
    throw new UsageError(`there is no delivery ${typed}`, { hint: "fraisier webhooks lists them." });
  if (another !== undefined && id !== typed)
    throw new UsageError(`${typed} may be any of several`, { hint: "Type more of it." });
  return detail;
}

async function newest(store: Store): Promise<readonly string[]> {
  return (await store.deliveries.history({ limit: 1 })).map(({ id }) => id);
}
