import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { localHost } from "../../src/host/local-host.ts";
import { serviceManagers, serviceOf } from "../../src/service-managers/index.ts";
import type { Service, ServiceSettings } from "../../src/service-managers/service-manager.ts";
import { scratchFolder } from "../host/scratch-repository.ts";

const TOY = join(import.meta.dirname, "../fixtures/bin/toy-service");
const hasSystemd = process.env["FRAISIER_TEST_SYSTEMD"] === "1";
if (!hasSystemd)
  console.warn("NOT TESTED: the service manager systemd. Its tests run inside a real one: npm run test:systemd");

const env = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
);

function service(settings: ServiceSettings, environment = env): Service {
  const found = serviceOf(settings, localHost(), environment);
  if (found === undefined) throw new Error("there are settings, so there is a service");
  return found;
}

/** What the contract asks of each manager: one service that works, one whose start fails. Each member has a line here. */
interface Member {
  working(): ServiceSettings;
  broken(): ServiceSettings;
}

const members: Readonly<Record<string, Member>> = {
  command: {
    working: () => toy(),
    broken: () => toy("broken"),
  },
  ...(hasSystemd && {
    systemd: {
      working: () => unit("ExecStart=/bin/sh -c 'echo listening; exec sleep 600'"),
      broken: () => unit("Type=oneshot\nExecStart=/bin/sh -c 'echo no such port: eighty; exit 3'"),
    },
  }),
};

describe("the list of service managers", () => {
  it("has a member in this test for each", () => {
    const missing = serviceManagers.map(({ name }) => name).filter((name) => members[name] === undefined);
    expect(missing).toEqual(hasSystemd ? [] : ["systemd"]);
  });

  it("knows no service where none is configured, and names the managers there are", () => {
    expect(serviceOf(undefined, localHost(), env)).toBeUndefined();
    expect(() => service({ manager: "launchd" })).toThrow('there is no service manager "launchd"');
  });
});

describe.each(Object.entries(members))("service manager %s", (name, member) => {
  it("accepts its own settings and nothing else", () => {
    const shape = serviceManagers.find((each) => each.name === name)?.settings ?? {};
    const { manager, ...settings } = member.working();
    expect(manager).toBe(name);
    expect(z.strictObject(shape).safeParse(settings).success).toBe(true);
    expect(z.strictObject(shape).safeParse({ ...settings, brnach: 1 }).success).toBe(false);
  });

  it("starts a service, sees it up, hears it, and stops it", async () => {
    const subject = service(member.working());
    await subject.restart();
    expect(await subject.state()).toMatchObject({ up: true, changing: false, failed: false });
    await expect.poll(() => subject.recentOutput(5)).toContainEqual(expect.stringContaining("listening"));
    expect(await subject.recentOutput(0)).toEqual([]);
    await subject.stop();
    expect(await subject.state()).toMatchObject({ up: false });
    await subject.stop();
  });

  it("restarts a service that runs", async () => {
    const subject = service(member.working());
    await subject.restart();
    const before = (await subject.state()).mainPid;
    await subject.restart();
    const after = await subject.state();
    expect(after.up).toBe(true);
    if (before !== undefined) expect(after.mainPid).not.toBe(before);
  });

  it("says why a start failed, in the service's own words", async () => {
    const failure = await service(member.broken())
      .restart()
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: "StepFailed", message: expect.stringContaining("no such port: eighty") });
  });

  it("stops waiting when aborted", async () => {
    await expect(service(member.working()).restart(AbortSignal.abort())).rejects.toThrow("interrupted");
  });

  it("has a name for people", () => {
    expect(service(member.working()).name).toMatch(/service/);
  });
});

describe("service manager command", () => {
  it("takes a service without a status command for up, and says so", async () => {
    const { status: _, logs: __, stop: ___, ...settings } = toy();
    const subject = service({ ...settings, manager: "command" });
    expect(await subject.state()).toMatchObject({
      up: true,
      description: expect.stringContaining("no status command"),
    });
    expect(await subject.recentOutput(5)).toBeUndefined();
    await expect(subject.stop()).rejects.toMatchObject({ hint: expect.stringContaining("service: stop") });
  });

  it("tells the command that prints its output since when it is asked", async () => {
    const subject = service({ manager: "command", restart: "true", logs: 'echo "since $FRAISIER_SINCE"' });
    expect(await subject.recentOutput(5, new Date(0))).toEqual(["since 1970-01-01T00:00:00.000Z"]);
    expect(await subject.recentOutput(5)).toEqual(["since "]);
    const mute = service({ manager: "command", restart: "true", logs: "echo some; exit 3" });
    expect(await mute.recentOutput(5)).toBeUndefined();
  });

  it("runs shell lines and names the command that is missing", async () => {
    await service({ manager: "command", restart: "true && exit 0" }).restart();
    await expect(service({ manager: "command", restart: "no-such-command" }).restart()).rejects.toThrow("not found");
    await expect(service({ manager: "command", restart: ["no-such-command"] }).restart()).rejects.toMatchObject({
      name: "HostUnavailable",
    });
  });
});

describe("service manager systemd", () => {
  it("says what to do on a machine without it", async () => {
    const subject = service({ manager: "systemd", unit: "shop" }, { PATH: "/nowhere" });
    await expect(subject.restart()).rejects.toMatchObject({
      name: "HostUnavailable",
      hint: expect.stringContaining("manager: command"),
    });
  });
});

describe.runIf(hasSystemd)("service manager systemd, with a real one,", () => {
  it("waits for READY=1 of a Type=notify unit", async () => {
    const start = "ExecStart=/bin/sh -c 'sleep 0.4; systemd-notify --ready; exec sleep 600'";
    const subject = service(unit(`Type=notify\nNotifyAccess=all\n${start}`));
    const from = performance.now();
    await subject.restart();
    expect(performance.now() - from).toBeGreaterThan(390);
    expect(await subject.state()).toMatchObject({ up: true, description: "active (running)" });
  });

  it("says that a Type=notify unit never became ready", async () => {
    const subject = service(unit("Type=notify\nTimeoutStartSec=1\nExecStart=/bin/sleep 600"));
    await expect(subject.restart()).rejects.toMatchObject({
      name: "StepFailed",
      message: expect.stringContaining("timeout"),
    });
    expect(await subject.state()).toMatchObject({ up: false, failed: true, description: "failed (timeout)" });
  });

  it("hears of one that was restarted only what it said since, and not what the one before said as it ended", async () => {
    const folder = scratchFolder();
    const script = `[ -e ${folder}/new ] && { echo new; exec sleep 600; }
echo ERROR old
trap 'echo ERROR old one ends; exit' TERM
while :; do sleep 0.1; done
`;
    writeFileSync(join(folder, "run.sh"), script);
    const subject = service(unit(`ExecStart=/bin/sh ${folder}/run.sh`));
    const before = new Date();
    await subject.restart();
    await expect.poll(() => subject.recentOutput(50, before)).toContain("ERROR old");
    writeFileSync(join(folder, "new"), "");
    const restart = new Date();
    await subject.restart();
    await expect.poll(() => subject.recentOutput(50)).toContain("new");
    expect(await subject.recentOutput(50)).toContain("ERROR old one ends");
    const since = (await subject.recentOutput(50, restart)) ?? [];
    expect(since.filter((line) => line.includes("ERROR"))).toEqual([]);
    expect(since).toContain("new");
    expect(await subject.recentOutput(50, new Date(Date.now() + 60_000))).toEqual([]);
  });

  it("restarts one instance of a template and leaves the others", async () => {
    const template = unitName("worker") + "@";
    writeUnit(`${template}.service`, "[Service]\nExecStart=/bin/sh -c 'echo %i; exec sleep 600'\n");
    const blue = service({ manager: "systemd", unit: `${template}blue` });
    const green = service({ manager: "systemd", unit: `${template}green.service` });
    await blue.restart();
    await green.restart();
    const before = await green.state();
    await blue.restart();
    expect(await green.state()).toEqual(before);
    await expect.poll(() => blue.recentOutput(4)).toContain("blue");
  });

  it("sees a program that is missing, at once or when asked", async () => {
    const subject = service(unit("Type=exec\nExecStart=/no/such/program"));
    await expect(subject.restart()).rejects.toMatchObject({ name: "StepFailed" });
    expect(await subject.state()).toMatchObject({ up: false, failed: true });
    const simple = service(unit("ExecStart=/no/such/program"));
    await simple.restart().catch((error: unknown) => expect(error).toMatchObject({ name: "StepFailed" }));
    await expect.poll(() => simple.state()).toMatchObject({ up: false, failed: true });
  });

  it("counts the restarts of a crash loop, and starts the unit again after its start limit", async () => {
    const folder = scratchFolder();
    const settings = unit(
      `Restart=always\nRestartSec=50ms\nExecStart=/bin/sh -c 'test -e ${folder}/good && exec sleep 600; exit 1'`,
      "StartLimitBurst=4\nStartLimitIntervalSec=600",
    );
    const subject = service(settings);
    await subject.restart().catch((error: unknown) => expect(error).toMatchObject({ name: "StepFailed" }));
    await expect.poll(() => subject.state()).toMatchObject({ failed: true, restarts: 4 });
    writeFileSync(join(folder, "good"), "");
    await subject.restart();
    expect(await subject.state()).toMatchObject({ up: true, restarts: 0 });
  });

  it("takes a unit between two automatic restarts for one on its way", async () => {
    const subject = service(unit("Restart=always\nRestartSec=60\nExecStart=/bin/false"));
    await subject.restart();
    await expect.poll(() => subject.state()).toMatchObject({ up: false, changing: true, failed: false });
    await subject.stop();
  });

  it("takes a oneshot unit that ended well for up, whether it remains or not", async () => {
    for (const more of ["", "RemainAfterExit=yes\n"]) {
      const subject = service(unit(`Type=oneshot\n${more}ExecStart=/bin/true`));
      await subject.restart();
      expect(await subject.state()).toMatchObject({ up: true, changing: false, failed: false });
    }
  });

  it("names a unit that does not exist or is masked", async () => {
    const absent = service({ manager: "systemd", unit: "no-such-unit" });
    const failure = {
      code: "host_unavailable",
      message: expect.stringContaining("no-such-unit.service"),
      hint: expect.stringContaining("daemon-reload"),
    };
    await expect(absent.restart()).rejects.toMatchObject(failure);
    await expect(absent.state()).rejects.toMatchObject(failure);
    const masked = unitName("masked");
    execFileSync("systemctl", ["mask", "--runtime", `${masked}.service`], { stdio: "ignore" });
    await expect(service({ manager: "systemd", unit: masked }).state()).rejects.toMatchObject({
      hint: expect.stringContaining("unmask"),
    });
  });

  it("ends its wait when aborted", async () => {
    const subject = service(unit("Type=notify\nExecStart=/bin/sleep 600"));
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 300);
    await expect(subject.restart(abort.signal)).rejects.toThrow("interrupted");
    expect(await subject.state()).toMatchObject({ up: false, changing: true });
    await subject.stop();
  });

  describe("for a user without rights", () => {
    const name = "fraisier-test-user";

    beforeAll(() => {
      execFileSync("useradd", ["--create-home", "--shell", "/bin/sh", name]);
      const uid = execFileSync("id", ["-u", name], { encoding: "utf8" }).trim();
      execFileSync("loginctl", ["enable-linger", name]);
      // Lingering starts the manager in its own time; this waits until it is there.
      execFileSync("systemctl", ["start", `user@${uid}.service`]);
    });
    afterAll(() => {
      execFileSync("loginctl", ["disable-linger", name]);
    });

    it("restarts a unit of their own manager", async () => {
      const unit = unitName("own");
      const folder = `/home/${name}/.config/systemd/user`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, `${unit}.service`), "[Service]\nExecStart=/bin/sleep 600\n");
      execFileSync("chown", ["-R", name, `/home/${name}/.config`]);
      const states = asUser({ manager: "systemd", unit, scope: "user" }, ["restart", "state"]);
      expect(states).toMatchObject({ up: true, description: "active (running)" });
    });

    it("says which rule gives leave to restart a unit of the system's", () => {
      const failure = asUser(unit("ExecStart=/bin/sleep 600"), ["restart"]);
      expect(failure).toMatchObject({ name: "HostUnavailable", hint: expect.stringContaining("polkit") });
    });

    it("says what a user without a manager of their own lacks", () => {
      const failure = asUser({ manager: "systemd", unit: "own", scope: "user" }, ["state"], "nobody");
      expect(failure).toMatchObject({ name: "HostUnavailable", hint: expect.stringContaining("enable-linger") });
    });

    /** Calls the service in a process of that user; the last answer, or the error. */
    function asUser(settings: ServiceSettings, calls: readonly string[], user = name): unknown {
      const { href: managers } = new URL("../../src/service-managers/index.ts", import.meta.url);
      const { href: host } = new URL("../../src/host/local-host.ts", import.meta.url);
      const script = `
        const { serviceOf } = await import("${managers}");
        const { localHost } = await import("${host}");
        const service = serviceOf(${JSON.stringify(settings)}, localHost(), { PATH: process.env.PATH });
        let answer;
        try { for (const call of ${JSON.stringify(calls)}) answer = await service[call](); }
        catch (error) { answer = { name: error.name, message: error.message, hint: error.hint }; }
        console.log(JSON.stringify(answer));`;
      const become = [`--reuid=${user}`, `--regid=${user === "nobody" ? "nogroup" : user}`, "--clear-groups", "--"];
      const argv = [...become, process.execPath, "--input-type=module", "--eval", script];
      return JSON.parse(
        execFileSync("setpriv", argv, { encoding: "utf8", env: { PATH: env["PATH"] ?? "", HOME: "/tmp" } }),
      );
    }
  });
});

function toy(...arguments_: readonly string[]): ServiceSettings {
  const folder = scratchFolder();
  onTestFinished(() => void execFileSync(TOY, [folder, "stop"]));
  const verb = (name: string): string[] => [TOY, folder, name];
  return {
    manager: "command",
    restart: [...verb("restart"), ...arguments_],
    stop: verb("stop"),
    status: verb("status"),
    logs: verb("logs"),
  };
}

let units = 0;

function unitName(word: string): string {
  units += 1;
  return `fraisier-test-${word}-${units}`;
}

/** A unit file of its own for one test, stopped and removed when the test is over. */
function unit(serviceSection: string, unitSection = ""): ServiceSettings {
  const name = unitName("shop");
  writeUnit(`${name}.service`, `[Unit]\n${unitSection}\n[Service]\n${serviceSection}\n`);
  return { manager: "systemd", unit: name };
}

function writeUnit(file: string, text: string): void {
  const path = join("/run/systemd/system", file);
  writeFileSync(path, text);
  execFileSync("systemctl", ["daemon-reload"]);
  onTestFinished(() => {
    execFileSync("systemctl", ["stop", file.replace("@.", "@*.")], { stdio: "ignore" });
    rmSync(path, { force: true });
  });
}
