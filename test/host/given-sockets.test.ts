import { describe, expect, it } from "vitest";
import { takeGivenSockets } from "../../src/host/given-sockets.ts";

describe("sockets that systemd opened", () => {
  it.each([
    ["one", { LISTEN_PID: "7", LISTEN_FDS: "1" }, [3]],
    ["two", { LISTEN_PID: "7", LISTEN_FDS: "2", LISTEN_FDNAMES: "a:b" }, [3, 4]],
    ["those of another process", { LISTEN_PID: "8", LISTEN_FDS: "1" }, []],
    ["a number that is none", { LISTEN_PID: "7", LISTEN_FDS: "1e9" }, []],
    ["none", {}, []],
  ])("are taken once, and no child sees them: %s", (_, given, expected) => {
    const env: NodeJS.ProcessEnv = { PATH: "/bin", ...given };
    expect(takeGivenSockets(env, 7)).toEqual(expected);
    expect(env).toEqual({ PATH: "/bin" });
    expect(takeGivenSockets(env, 7)).toEqual([]);
  });
});
