import type { PlanScene } from "../../compose/planning/plan-documents.ts";
import { person } from "../person.ts";
import type { TargetScene } from "../targets/with-target.ts";

/** A plan that the person at this machine wants, who may start what they like. Ctrl-C ends this process, and its programs with it. */
export function planScene({ app, target }: Pick<TargetScene, "app" | "target">): PlanScene {
  return { app, target, by: person(), signal: new AbortController().signal, mayRunCode: true };
}
