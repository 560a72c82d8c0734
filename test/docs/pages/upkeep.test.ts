import { expect, it } from "vitest";
import { followPage, runPage } from "../run-page.ts";

const machine = runPage("docs/deploy-keys.md", { reader: "admin" });

it("leaves a key that only the service can read, and its git knows the token", async () => {
  expect((await machine.root("stat -c '%U %a' /var/lib/fraisier/.ssh/shop")).trim()).toBe("fraisier 600");
  const asked = "printf 'protocol=https\\nhost=git.example.com\\n\\n' | git credential fill";
  expect(await machine.as("fraisier", asked)).toContain("password=the-token");
});

followPage(machine, "docs/upgrade.md", "admin");
followPage(machine, "docs/uninstall.md", "admin");

it("ends with nothing left", async () => {
  expect((await machine.root("ls -d /etc/fraisier /var/lib/fraisier 2>&1 || true")).replaceAll(/^ls: .*\n/gm, "")).toBe(
    "",
  );
});
