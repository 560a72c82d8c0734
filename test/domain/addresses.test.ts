import { describe, expect, it } from "vitest";
import { isWithin, plainAddress, rangeProblem, senderOf } from "../../src/domain/addresses.ts";

describe("addresses", () => {
  it("lie in a range or not, in both families", () => {
    const ranges = ["192.0.2.0/24", "198.51.100.7", "2001:db8::/32"];
    expect(["192.0.2.255", "198.51.100.7", "2001:db8:ffff::1"].map((each) => isWithin(ranges, each))).toEqual([
      true,
      true,
      true,
    ]);
    for (const other of ["192.0.3.0", "198.51.100.8", "2001:db9::1", "", "nonsense", "192.0.2.1, 1.1.1.1"])
      expect(isWithin(ranges, other), other).toBe(false);
    expect(isWithin([], "192.0.2.1")).toBe(false);
    expect(plainAddress("::ffff:192.0.2.1")).toBe("192.0.2.1");
  });

  it.each([
    "nonsense",
    "192.0.2.0/33",
    "2001:db8::/129",
    "192.0.2.0/",
    "192.0.2.0/8/8",
    "192.0.2",
    "fe80::1%eth0",
    "/8",
    "1.2.3.4/-1",
  ])("%s is neither an address nor a range", (text) => expect(rangeProblem(text)).toContain(`"${text}"`));

  it.each(["192.0.2.7", "192.0.2.0/24", "0.0.0.0/0", "2001:db8::/32", "::1", "::/0"])(
    "%s is an address or a range",
    (text) => expect(rangeProblem(text)).toBeUndefined(),
  );

  it("count as one sender if they are of one network of IPv6, however they are written", () => {
    const sender = senderOf("2001:db8:1:2:aaaa::1");
    expect(sender).toBe("2001:db8:1:2::/64");
    for (const same of ["2001:db8:1:2::", "2001:0DB8:0001:0002:0:0:0:5", "2001:db8:1:2:ffff:ffff:ffff:ffff"])
      expect(senderOf(same)).toBe(sender);
    expect(senderOf("2001:db8:1:3::1")).not.toBe(sender);
    expect(senderOf("::1")).toBe("0:0:0:0::/64");
    expect(senderOf("192.0.2.1")).toBe("192.0.2.1");
  });
});
