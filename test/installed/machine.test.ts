import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { machineOfThisFile } from "./machine.ts";

const machine = machineOfThisFile({
  installed: false,
  keep: true,
  wholeProc: true,
  prepare: "useradd --create-home ann",
});

it("is a bare Debian with a systemd of its own, without the files of this machine", async () => {
  expect((await machine.root("systemctl is-system-running")).trim()).toBe("running");
  expect((await machine.root(`ls -d ${import.meta.dirname} 2>&1 || true`)).trim()).toMatch(/No such file/);
  expect((await machine.as("ann", "id -un; pwd")).trim()).toBe("ann\n/home/ann");
  expect((await machine.tries("ann", "systemctl restart ssh.service")).exitCode).not.toBe(0);
});

it("lets an unprivileged user start a sandbox with a /proc of its own", async () => {
  const inside = "bwrap --ro-bind / / --proc /proc --dev /dev --unshare-pid sh -c 'echo $$; ls -d /proc/[0-9]*'";
  expect((await machine.as("ann", inside)).split("\n")[0]).toBe("2");
});

it("answers on loopback, and boots again with what is on its disk", async () => {
  await machine.write("/var/www/html/hello", "hello\n", { owner: "www-data" });
  await machine.root("systemctl enable --quiet --now nginx; touch /run/gone");
  expect(await machine.fetch("http://127.0.0.1/hello")).toEqual({ status: 200, body: "hello\n" });
  const before = await machine.root("cat /etc/machine-id");
  await machine.reboot();
  await machine.until("nginx runs again", "systemctl is-active nginx");
  expect(await machine.fetch("http://127.0.0.1/hello")).toEqual({ status: 200, body: "hello\n" });
  expect(await machine.root("cat /etc/machine-id; ls /run/gone 2>&1 || true")).toMatch(
    new RegExp(`^${before}.*No such`),
  );
  expect(existsSync("/run/gone")).toBe(false);
});
