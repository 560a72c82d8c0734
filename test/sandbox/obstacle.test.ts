import { describe, expect, it } from "vitest";
import { obstacleOf } from "../../src/sandbox/try-sandbox.ts";

const hintOf = (words: string, sysctls: Readonly<Record<string, string>> = {}): string =>
  obstacleOf(words, (name) => sysctls[name]).hint;

describe("a machine that makes no sandbox", () => {
  it("says which of its settings forbids it", () => {
    const words = "bwrap: No permissions to create new namespace, likely because the kernel does not allow it";
    expect(hintOf(words, { "kernel/unprivileged_userns_clone": "0" })).toMatch(/unprivileged_userns_clone=1/);
    expect(hintOf(words, { "user/max_user_namespaces": "0" })).toMatch(/max_user_namespaces=10000/);
    expect(
      hintOf("bwrap: setting up uid map: Permission denied", { "kernel/apparmor_restrict_unprivileged_userns": "1" }),
    ).toMatch(/AppArmor/);
  });

  it("names the settings of a unit that hide /proc", () => {
    expect(hintOf("bwrap: Can't mount proc on /newroot/proc: Operation not permitted")).toMatch(
      /ProtectKernelTunables/,
    );
  });

  it("quotes bubblewrap, and says how to see more, if the cause is not known", () => {
    expect(obstacleOf("bwrap: something new", () => undefined)).toMatchObject({
      problem: "bubblewrap cannot make a sandbox here: bwrap: something new",
      hint: expect.stringContaining("bwrap --ro-bind / /") as unknown,
    });
  });
});
