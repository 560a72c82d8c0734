import type { Bind } from "../bind.ts";
import { tracePosition } from "../reads/trace-position.ts";
import { moveTracePosition } from "../writes/move-trace-position.ts";

/** How far the traces of deployments have been sent to their receiver. */
export function storeTraces(bind: Bind) {
  return {
    position: bind(tracePosition),
    moveTo: bind(moveTracePosition),
  };
}
