import { describe, expect, it } from "vitest";
import { holderIn, portIn } from "../../src/steps/service/taken-port.ts";

describe("a port that is taken", () => {
  it.each([
    ["Error: listen EADDRINUSE: address already in use 127.0.0.1:8000", 8000],
    ["Error: listen EADDRINUSE: address already in use :::3000", 3000],
    ["  port: 8000", 8000],
    ["2026/11/21 12:30:45 listen tcp :8080: bind: address already in use", 8080],
    ["12:30:45 [Errno 98] error while attempting to bind on address ('127.0.0.1', 8001): address already in use", 8001],
    ["nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", 80],
    ["Web server failed to start. Port 8080 was already in use.", 8080],
    ["[2026-11-21 12:30:45] [Errno 98] Address already in use", undefined],
  ])("is read from %s", (line, port) => {
    expect(portIn(line)).toBe(port);
  });

  it("is held by the process that ss names, if it may name one", () => {
    const line = 'LISTEN 0 511 127.0.0.1:8000 0.0.0.0:* users:(("node",pid=123,fd=18))';
    expect(holderIn(line)).toBe("node (process 123)");
    expect(holderIn("LISTEN 0 511 127.0.0.1:8000 0.0.0.0:*")).toBeUndefined();
  });
});
