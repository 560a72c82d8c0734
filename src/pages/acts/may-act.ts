import { includesScope } from "../../domain/api-token.ts";
import type { Viewer } from "../page.ts";

/** Whether a viewer may do more than look. */
export function mayAct({ scope }: Pick<Viewer, "scope">): boolean {
  return includesScope(scope, "deploy");
}
