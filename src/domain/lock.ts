import type { TargetKey } from "./fraise.ts";

/** A person, or a process that works on a target by hand, keeps deployments of it waiting. `*` as environment or job stands for all of them, as fraise for all there are. */
export interface Lock extends TargetKey {
  readonly reason: string;
  readonly lockedBy: string;
  readonly lockedAt: string;
  /** The process that holds it for as long as it lives, as JSON; `""` where a person set it. */
  readonly holder: string;
}

/** Pure. */
export function covers(lock: TargetKey, target: TargetKey): boolean {
  return (["fraise", "environment", "job"] as const).every((part) => lock[part] === "*" || lock[part] === target[part]);
}

/** `every target`, `shop/production`, `reports/production/daily`: what a lock is on, for people. */
export function lockName({ fraise, environment, job }: TargetKey): string {
  if (fraise === "*") return "every target";
  const parts = [fraise, environment === "*" ? "every environment" : environment];
  return [...parts, ...(job === "*" || job === "" ? [] : [job])].join("/");
}
