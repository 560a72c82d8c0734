import { BlockList, isIP } from "node:net";
import type { Context } from "hono";
import type { HttpEnv } from "./http-env.ts";

const lists = new WeakMap<readonly string[], BlockList>();

/** The client's address: the peer's, or where the peer is a trusted proxy the last address in X-Forwarded-For that no trusted proxy has. */
export function remoteAddress(context: Context<HttpEnv>, trustedProxies: readonly string[]): string {
  const peer = plain(context.env.incoming.socket.remoteAddress ?? "");
  if (trustedProxies.length === 0) return peer;
  const trusted = listOf(trustedProxies);
  if (!isIn(trusted, peer)) return peer;
  const forwarded = (context.req.header("x-forwarded-for") ?? "").split(",").map((each) => plain(each.trim()));
  return forwarded.findLast((address) => isIP(address) !== 0 && !isIn(trusted, address)) ?? peer;
}

/** `::ffff:127.0.0.1` is 127.0.0.1 as a socket for both families sees it. */
function plain(address: string): string {
  return address.startsWith("::ffff:") ? address.slice(7) : address;
}

function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? "ipv4" : "ipv6");
}

function listOf(proxies: readonly string[]): BlockList {
  const known = lists.get(proxies);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = "", bits] = proxy.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  lists.set(proxies, list);
  return list;
}
