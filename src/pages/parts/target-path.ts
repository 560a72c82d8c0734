import type { TargetKey } from "../../domain/fraise.ts";

/** The address of a target's page. */
export function targetPath({ fraise, environment, job }: TargetKey): string {
  const parts = [fraise, environment, ...(job === "" ? [] : [job])];
  return `/targets/${parts.map(encodeURIComponent).join("/")}`;
}
