import { describe, expect, it } from "vitest";
import { fairShares } from "../../src/http/fair-shares.ts";

const LIMITS = { inAll: 10, perSender: 8 };

function shares(known: readonly string[] = []) {
  const gaveWay: string[] = [];
  const { take } = fairShares(LIMITS, { inAll: 4, perSender: 4 }, (sender) => known.includes(sender));
  return { gaveWay, take: (sender: string, amount: number) => take(sender, amount, () => gaveWay.push(sender)) };
}

describe("shares of senders", () => {
  it("is given until it is used up, and again once it is given back", () => {
    const { take, gaveWay } = shares();
    const first = take("a", 5);
    expect(take("b", 5)).toBeDefined();
    first?.giveBack();
    first?.giveBack();
    expect(first?.grow(1)).toBe(false);
    expect(take("c", 5)).toBeDefined();
    expect(gaveWay).toEqual([]);
  });

  it("is taken from the sender that has most, in favour of one that has less", () => {
    const { take, gaveWay } = shares();
    take("greedy", 2);
    take("greedy", 5);
    const modest = take("modest", 1);
    expect(modest?.grow(3)).toBe(true);
    expect(gaveWay).toEqual(["greedy"]);
    expect(take("modest", 4)).toBeDefined();
    expect(gaveWay).toEqual(["greedy"]);
  });

  it("is refused to the sender that has most itself, and above the limit of one sender", () => {
    const { take, gaveWay } = shares();
    const most = take("most", 6);
    take("other", 4);
    expect(most?.grow(1)).toBe(false);
    expect(take("most", 1)).toBeUndefined();
    expect(take("third", 9)).toBeUndefined();
    expect(gaveWay).toEqual([]);
  });

  it("serves the one that came last among equals, so that strangers who stay do not shut out a forge", () => {
    const { take, gaveWay } = shares();
    for (let i = 0; i < 10; i++) take(`stranger ${i}`, 1);
    expect(take("forge", 1)).toBeDefined();
    expect(gaveWay).toEqual(["stranger 0"]);
  });

  it("has a part that only known senders can use", () => {
    const { take, gaveWay } = shares(["forge"]);
    for (let i = 0; i < 10; i++) take(`stranger ${i}`, 1);
    expect(take("forge", 4)).toBeDefined();
    expect(take("forge", 1)).toBeUndefined();
    expect(gaveWay).toEqual([]);
  });
});
