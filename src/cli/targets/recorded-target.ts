import { targetOf } from "../../app.ts";
import type { Reader } from "../../app.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";

/** A target of fraises.yaml, or one that left it and is still on record. @throws UsageError that names the targets there are. */
export async function recordedTarget(
  { config, store }: Pick<Reader, "config" | "store">,
  key: TargetKey,
): Promise<TargetKey> {
  const { fraise, environment } = key;
  const rows = await store.targetStatus({ fraise, environment });
  const isRecorded = rows.some((row) => targetName(row) === targetName(key));
  return isRecorded ? key : targetOf(config, key);
}
