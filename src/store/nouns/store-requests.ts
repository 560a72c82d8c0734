import type { Bind } from "../bind.ts";
import { beginRequest } from "../writes/begin-request.ts";
import { endRequest } from "../writes/end-request.ts";

/** Requests of the API that must not be carried out twice. */
export function storeRequests(bind: Bind) {
  return {
    begin: bind(beginRequest),
    end: bind(endRequest),
  };
}
