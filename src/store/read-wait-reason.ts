import type { WaitReason } from "../domain/wait-reason.ts";

/** A reason to wait as recordWait() wrote it. */
export function readWaitReason(json: string | null): WaitReason | undefined {
  return json === null ? undefined : (JSON.parse(json) as WaitReason);
}
