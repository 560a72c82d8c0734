import { BlockList, isIP } from "node:net";

const lists = new WeakMap<readonly string[], BlockList>();

/** `::ffff:127.0.0.1` is 127.0.0.1 as a socket for both families shows it. */
export function plainAddress(address: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice(7) : address;
}

/** Why a text is neither an address nor a range of addresses; undefined if it is one. */
export function rangeProblem(text: string): string | undefined {
  const [address = "", bits, ...more] = text.split("/");
  const family = address.includes("%") ? 0 : isIP(address);
  const longest = family === 6 ? 128 : 32;
  const isLength = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= longest);
  if (family !== 0 && isLength && more.length === 0) return undefined;
  if (family !== 0 && more.length === 0) return `"${text}": the length of a range is a number from 0 to ${longest}`;
  return `"${text}" is neither an address nor a range of addresses: write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32`;
}

/** Whether an address is one of these, or lies in one of these ranges. */
export function isWithin(ranges: readonly string[], address: string): boolean {
  const family = isIP(address);
  return family !== 0 && listOf(ranges).check(address, family === 4 ? "ipv4" : "ipv6");
}

/**
 * The name under which a sender is counted. A household or server has a whole /64 network of IPv6 and may use each of its addresses, so the network counts as a
 * single sender.
 */
export function senderOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = "", tail] = (address.split("%")[0] ?? "").toLowerCase().split("::");
  const groups = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const all = [...groups, ...Array<string>(Math.max(0, missing)).fill("0"), ...(tail ?? "").split(":")];
  return `${all
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")}::/64`;
}

function listOf(ranges: readonly string[]): BlockList {
  const known = lists.get(ranges);
  if (known !== undefined) return known;
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  lists.set(ranges, list);
  return list;
}
