import { isIP } from "node:net";
import type { Context } from "hono";
import { isWithin, plainAddress } from "../domain/addresses.ts";
import type { HttpEnv } from "./http-env.ts";

/** The client's address: the peer's, or if the peer is a trusted proxy the last address in X-Forwarded-For that no trusted proxy has. */
export function remoteAddress(
  context: Pick<Context<HttpEnv>, "env" | "req">,
  trustedProxies: readonly string[],
): string {
  const peer = plainAddress(context.env.incoming.socket.remoteAddress ?? "");
  if (!isWithin(trustedProxies, peer)) return peer;
  const forwarded = (context.req.header("x-forwarded-for") ?? "").split(",").map((each) => plainAddress(each.trim()));
  return forwarded.findLast((address) => isIP(address) !== 0 && !isWithin(trustedProxies, address)) ?? peer;
}
