import { describe, expect, it } from "vitest";
import { releaseUmask } from "../../src/pipeline/release-umask.ts";

const umask = (mode: number | undefined, given: number, groupWrites?: boolean): string =>
  releaseUmask(mode, given, groupWrites).toString(8).padStart(3, "0");

describe("the umask for releases", () => {
  it("closes them to others if the app folder is closed, and lets its group read, whatever the umask was", () => {
    for (const hostile of [0o000, 0o002, 0o022, 0o027, 0o077]) expect(umask(0o2750, hostile)).toBe("027");
  });

  it("lets nobody change them who cannot change the app folder", () => {
    expect(umask(0o755, 0o000)).toBe("022");
    expect(umask(0o775, 0o000)).toBe("002");
    expect(umask(0o777, 0o000)).toBe("000");
  });

  it("opens nothing that the umask closes in a folder without setgid", () => {
    expect(umask(0o755, 0o077)).toBe("077");
    expect(umask(0o700, 0o022)).toBe("027");
    expect(umask(undefined, 0o002)).toBe("002");
  });

  it("lets the group write if commands run as another user", () => {
    for (const hostile of [0o000, 0o022, 0o077]) expect(umask(0o2750, hostile, true)).toBe("007");
  });
});
