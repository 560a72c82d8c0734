import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { machineOfThisFile } from "./machine.ts";

const REPOSITORY = join(import.meta.dirname, "../..");
/** What the machines see of this one. */
const PACKAGES = process.env["FRAISIER_TEST_PACKAGES"] ?? tmpdir();

/** Where the tarball is unpacked. */
const folder = mkdtempSync(join(PACKAGES, "tarball-"));
let installer = "";
beforeAll(() => {
  execFileSync(join(REPOSITORY, "scripts/package"), ["tarball", "--quick", "--output", folder], { stdio: "pipe" });
  const [archive = ""] = readdirSync(folder);
  execFileSync("tar", ["-xzf", join(folder, archive), "-C", folder]);
  installer = join(folder, archive.replace(".tar.gz", ""), "install.sh");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const machine = machineOfThisFile({ installed: false, prepare: "useradd --create-home ann" });
/** Everything below the folders that the installer writes to, with mode, owner and time of change. */
const everything = async (): Promise<string> =>
  await machine.root(
    "find /etc /opt /usr/local /var/lib/fraisier -printf '%p %M %u:%g %T@\\n' 2>/dev/null | sort || true",
  );
/** The same without what the daemon writes, and without the command, which is written anew each time. */
const installed = async (): Promise<string> =>
  (await everything())
    .split("\n")
    .filter((line) => !/^\/var\/lib\/fraisier|^\/usr\/local\/bin/.test(line))
    .join("\n");
const state = async (): Promise<string> =>
  await machine.root("systemctl is-active fraisier || true; systemctl is-enabled fraisier || true");

it("shows what it would do, and does nothing", async () => {
  const before = await everything();
  const shown = await machine.root(`${installer} --dry-run`);
  expect(shown).toContain("systemctl enable fraisier.service");
  expect(shown).toContain("/etc/systemd/system/fraisier.service");
  expect(await everything()).toBe(before);
});

it("refuses to run without root's rights", async () => {
  await machine.root(`install -m 755 ${installer} /home/ann/install.sh`);
  expect(await machine.tries("ann", "./install.sh")).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/fraisier: only root can install .*\nhint: .*sudo/),
  });
});

it("installs the program with its own Node, the units, the user and the files of the configuration", async () => {
  const printed = await machine.root(installer);
  expect(printed).toMatch(/is installed: write \/etc\/fraisier\/fraises.yaml/);
  expect(await state()).toBe("active\nenabled\n");
  expect(await machine.root("cd /; fraisier version")).toMatch(/^fraisier \d+\.\d+\.\d+ on Node v24/);
  expect(await machine.root("cd /etc/fraisier; stat -c '%n %U:%G %a' . *")).toBe(
    ". root:fraisier 750\nenvironment root:fraisier 640\nfraises.yaml root:fraisier 640\nwebhook-secrets root:fraisier 640\n",
  );
  expect(await machine.root("stat -c '%U:%G %a' /var/lib/fraisier")).toBe("fraisier:fraisier 750\n");
  expect(await machine.root("man -w fraisier")).toMatch(/man1\/fraisier\.1$/m);
});

it("changes nothing if it runs again, but the daemon is started anew", async () => {
  await machine.root("echo '# mine' >> /etc/fraisier/fraises.yaml");
  const before = await installed();
  expect(await machine.root(installer)).toContain("/etc/fraisier/fraises.yaml is there and stays as it is");
  expect(await installed()).toBe(before);
  expect(await state()).toBe("active\nenabled\n");
});

it("refuses to replace a newer version", async () => {
  const manifest = "/opt/fraisier/current/package.json";
  await machine.root(`sed -i.kept 's/"version": ".*"/"version": "9.0.0"/' ${manifest}`);
  expect(await machine.tries("root", installer)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringMatching(/fraisier: this host has fraisier 9\.0\.0, .*: nothing was changed\nhint: install/),
  });
  await machine.root(`mv ${manifest}.kept ${manifest}`);
});

it("upgrades: the link is switched, the version before is removed, a daemon that was disabled stays so", async () => {
  await machine.root("systemctl disable --now fraisier");
  const newer = join(installer, "../program/package.json");
  const kept = readFileSync(newer, "utf8");
  writeFileSync(newer, kept.replace(/"version": ".*"/, '"version": "0.9.0"'));
  await machine.root(`sed 's/^version=[^ ]*/version=0.9.0/' ${installer} > ${installer}.newer; sh ${installer}.newer`);
  writeFileSync(newer, kept);
  expect(await machine.root("ls /opt/fraisier/versions; readlink /opt/fraisier/current")).toBe(
    "0.9.0\nversions/0.9.0\n",
  );
  expect(await machine.root("cd /; fraisier version")).toMatch(/^fraisier 0\.9\.0 /);
  expect(await machine.root("systemctl is-active fraisier || true; systemctl is-enabled fraisier || true")).toBe(
    "inactive\ndisabled\n",
  );
});

it("removes the program and keeps the data; --purge removes the data, too", async () => {
  await machine.root(`${installer} --uninstall`);
  expect(
    await machine.root(
      "find / -xdev -name '*fraisier*' -not -path '/tmp/*' -not -path '/proc/*' -not -path '/var/lib/fraisier/*' 2>/dev/null | sort",
    ),
  ).toBe("/etc/fraisier\n/var/lib/fraisier\n");
  expect(await machine.root("tail -n 1 /etc/fraisier/fraises.yaml")).toBe("# mine\n");
  await machine.root(`${installer} --purge`);
  expect(await machine.root("ls -d /etc/fraisier /var/lib/fraisier 2>&1 || true")).not.toMatch(/^\//m);
});
