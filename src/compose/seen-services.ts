import type { SeenService, SeenServices } from "../answers/targets/seen-service.ts";
import { messageOf } from "../domain/message-of.ts";
import type { Service } from "../service-managers/service-manager.ts";

interface ServiceMemory {
  readonly last: SeenServices;
  /** A service whose state is remembered each time that somebody asks for it. */
  remembering(target: string, service: Service): Service;
}

/** Remembers how services were when the daemon looked at them: a request asks nothing of the host. */
export function serviceMemory(): ServiceMemory {
  const seen = new Map<string, SeenService>();
  return {
    last: (target) => seen.get(target),
    remembering: (target, service) => ({
      ...service,
      async state() {
        const at = new Date().toISOString();
        try {
          const state = await service.state();
          seen.set(target, { status: state.description, isUp: state.up, at });
          return state;
        } catch (error) {
          seen.set(target, { status: `not known: ${messageOf(error)}`, isUp: undefined, at });
          throw error;
        }
      },
    }),
  };
}
