import { describe, expect, it } from "vitest";
import { frame, frameReader } from "../../src/host/command-frames.ts";

describe("frames between a relay and its unit", () => {
  it("arrive whole and in order however the bytes are cut", () => {
    const sent = Buffer.concat([
      frame("job", "{}"),
      frame("end"),
      frame("output", "x".repeat(300)),
      frame("exit", "é"),
    ]);
    for (const size of [1, 2, 5, 7, 64, 1000]) {
      const got: string[] = [];
      const read = frameReader((kind, payload) => got.push(`${kind} ${payload.toString()}`));
      for (let at = 0; at < sent.length; at += size) read(sent.subarray(at, at + size));
      expect(got).toEqual(["job {}", "end ", `output ${"x".repeat(300)}`, "exit é"]);
    }
  });

  it("are refused if they are none", () => {
    const read = frameReader(() => {});
    expect(() => read(Buffer.from("GET / HTTP/1.1\r\n"))).toThrow("no frames of fraisier");
    expect(() => frameReader(() => {})(Buffer.from([0, 0xff, 0xff, 0xff, 0xff]))).toThrow("no frames of fraisier");
  });
});
