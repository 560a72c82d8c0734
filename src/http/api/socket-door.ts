import type { Scope } from "../../domain/api-token.ts";
import type { Door } from "./token-door.ts";

const isStillIn = (): Promise<boolean> => Promise.resolve(true);

/**
 * The door of a unix socket. The kernel lets only members of the socket's group connect, so each of them has the socket's scope. Node cannot tell who of them it is: the name in
 * `X-Fraisier-User` is a claim, and the record names the socket beside it.
 */
export function socketDoor(socket: string, scope: Scope): Door {
  return (context) => {
    const claimed = context.req.header("x-fraisier-user") ?? "";
    const name = /^[\w.@-]{1,64}$/.test(claimed) ? `${claimed} (${socket})` : socket;
    return Promise.resolve({ id: name, name, scope, fraises: [], environments: [], isStillIn });
  };
}
