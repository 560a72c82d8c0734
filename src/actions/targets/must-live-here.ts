import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Store } from "../../store/store.ts";

/** @throws UsageError if the target lives on another host: its releases, its service and its backups are there. */
export async function mustLiveHere(
  { targets, host }: Pick<Store, "targets" | "host">,
  { fraise, environment, job }: TargetKey,
): Promise<void> {
  if (host === "") return;
  const [state] = await targets.status({ fraise, environment, job });
  if (state === undefined || state.host === host || state.host === "") return;
  throw new UsageError(`${targetName(state)} lives on ${state.host}, and this is ${host}`, {
    hint: `Run the command on ${state.host}.`,
  });
}
