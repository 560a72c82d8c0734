import { expect, it } from "vitest";
import { INSTALL, NEWER_PACKAGE, PACKAGE, machineOfThisFile } from "./machine.ts";
import { exposureCommand, exposureIn, MOST_EXPOSED } from "../packages/exposure.ts";
import { addShop, deployedRevision, pushVersion } from "./shop.ts";

const machine = machineOfThisFile({ keep: true });
const answer = async (): Promise<string> => (await machine.fetch("http://127.0.0.1:8000/VERSION")).body.trim();

it("runs after the installation, without any fraise, as a user of its own", async () => {
  await machine.until("the daemon listens", "curl -fsS http://127.0.0.1:8787/health");
  expect(await machine.root("systemctl is-active fraisier; systemctl is-enabled fraisier")).toBe("active\nenabled\n");
  expect((await machine.root('ps -o user= -p "$(systemctl show -P MainPID fraisier)"')).trim()).toBe("fraisier");
  expect(await machine.root("cd / && fraisier status")).not.toMatch(/error/);
});

it("is as little exposed as systemd is asked to find, and keeps its state from other users", async () => {
  for (const [unit, most] of Object.entries(MOST_EXPOSED)) {
    const name = unit.replace("@.", "@1.");
    expect(exposureIn(await machine.root(exposureCommand(name).join(" "))), unit).toBeLessThanOrEqual(most);
  }
  expect(await machine.root("stat -c '%a %U' /var/lib/fraisier /etc/fraisier")).toBe("750 fraisier\n750 root\n");
});

it("takes a push to a bare repository live, without root's rights", async () => {
  await addShop(machine);
  const revision = await pushVersion(machine, "1");
  expect(await deployedRevision(machine, revision)).toMatchObject({ status: "succeeded", runner_kind: "systemd" });
  expect(await answer()).toBe("1");
  expect((await machine.root("stat -c %U /srv/shop/current/VERSION")).trim()).toBe("fraisier");
});

it("takes back what does not hold", async () => {
  const revision = await pushVersion(machine, "broken");
  expect(await deployedRevision(machine, revision)).toMatchObject({ status: "rolled_back" });
  expect(await answer()).toBe("1");
});

it("runs again after a power failure, with everything it knew", async () => {
  await machine.reboot();
  await machine.until("the daemon listens", "curl -fsS http://127.0.0.1:8787/health");
  expect(await answer()).toBe("1");
  const revision = await pushVersion(machine, "2");
  expect(await deployedRevision(machine, revision)).toMatchObject({ status: "succeeded" });
});

it("is upgraded while a deployment runs, which goes on to its end", async () => {
  const revision = await pushVersion(machine, "3 slow");
  await machine.until("the deployment builds", "pgrep -f '^sleep 7'");
  await machine.root(`${INSTALL} ${NEWER_PACKAGE}`);
  expect(await deployedRevision(machine, revision)).toMatchObject({ status: "succeeded" });
  expect(await answer()).toBe("3 slow");
});

it("cannot be replaced by an older version, and says so", async () => {
  const { exitCode, stdout, stderr } = await machine.tries("root", `${INSTALL} --allow-downgrades ${PACKAGE}`);
  expect(exitCode).not.toBe(0);
  expect(stdout + stderr).toMatch(/cannot use what a newer version wrote: nothing was changed/);
  expect((await machine.root("systemctl is-active fraisier")).trim()).toBe("active");
});

it("keeps its data if it is removed, and goes on with it if it is installed again", async () => {
  await machine.root("apt-get remove --yes -qq fraisier");
  expect(await machine.root("ls /etc/fraisier/fraises.yaml /var/lib/fraisier/fraisier.db")).toMatch(/fraisier.db/);
  expect(await answer()).toBe("3 slow");
  await machine.root(`${INSTALL} ${NEWER_PACKAGE}`);
  await machine.until("the daemon listens", "curl -fsS http://127.0.0.1:8787/health");
  const revision = await pushVersion(machine, "4");
  expect(await deployedRevision(machine, revision)).toMatchObject({ status: "succeeded" });
});

it("leaves nothing of its own if it is purged, and everything of the targets", async () => {
  await machine.root("apt-get purge --yes -qq fraisier");
  expect(await machine.root("ls -d /etc/fraisier /var/lib/fraisier /usr/lib/fraisier 2>&1 || true")).not.toMatch(
    /^\//m,
  );
  expect(await machine.root("systemctl list-unit-files 'fraisier*' --no-legend || true")).toBe("");
  expect(await answer()).toBe("4");
});
