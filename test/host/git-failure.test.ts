import { describe, expect, it } from "vitest";
import { gitFailure, maskCredentials } from "../../src/host/git-failure.ts";

describe("what git said", () => {
  it.each([
    ["https://ci:s3cret@example.com/x.git", "https://***@example.com/x.git"],
    ["https://token@example.com/x.git", "https://***@example.com/x.git"],
    ["https://ci:p@ss:word@example.com/x.git", "https://***@example.com/x.git"],
    ["ssh://git:pw@example.com/x.git", "ssh://***@example.com/x.git"],
    ["ssh://git@example.com/x.git", "ssh://git@example.com/x.git"],
    ["git@example.com:acme/shop.git", "git@example.com:acme/shop.git"],
    ["https://example.com/@scope/x", "https://example.com/@scope/x"],
  ])("shows no login: %s", (text, shown) => {
    expect(maskCredentials(`fatal: unable to access '${text}': refused`)).toBe(
      `fatal: unable to access '${shown}': refused`,
    );
  });

  it("is shortened to its last words, without progress and advice", () => {
    const stderr = [
      "remote: Enumerating objects: 5, done.",
      "Receiving objects:  50% (1/2)\rReceiving objects: 100% (2/2), done.",
      "hint: You could try harder",
      "remote: GitLab: you may not read this",
      "fatal: Authentication failed for 'https://ci:s3cret@example.com/x.git/'",
      "",
    ].join("\n");
    const failure = gitFailure("fetch of main", { exitCode: 128, stderr, ended: "by itself" });
    expect(failure.message).toBe(
      "fetch of main: remote: GitLab: you may not read this; fatal: Authentication failed for 'https://***@example.com/x.git/'",
    );
    expect(failure.hint).toContain("token");
  });

  it("is the machine's operator's business when the disk is full", () => {
    const exit = {
      exitCode: 128,
      stderr: "fatal: write error: No space left on device\n",
      ended: "by itself",
    } as const;
    expect(gitFailure("fetch of main", exit)).toMatchObject({
      name: "HostUnavailable",
      hint: expect.stringContaining("disk is full"),
    });
  });

  it("may be nothing at all", () => {
    const failure = gitFailure("fetch of main", { exitCode: undefined, stderr: "", ended: "by itself" });
    expect(failure.message).toBe("fetch of main: git ended with a signal");
  });
});
