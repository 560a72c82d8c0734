import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { installProgram, installScenario, sh } from "../helpers/installed-scenario.ts";
import type { InstalledScenario } from "../helpers/installed-scenario.ts";
import { until } from "../helpers/scenario.ts";

const UNITS = "/etc/systemd/system";
const REMEDY = "sudo fraisier privileges install";
const BUILD = String.raw`build: |
  id -un > built-by; mkdir -p made/deep; touch made/deep/file; chmod 755 made/deep
  printf %s "$TOKEN" > token
  grep -laf token /proc/[0-9]*/cmdline | wc -l > shown
  [ ! -e $FRAISIER_APP_PATH/hold ] || { setsid sleep 601 & sleep 602; }
user: shopapp
keep_releases: 1`;

async function makeUser(): Promise<void> {
  await sh("systemd-sysusers --inline 'u shopapp - \"The shop\" /srv/shopapp'");
  onTestFinished(async () => {
    await sh(`
      systemctl disable --now fraisier-as-shopapp.socket || true
      rm -rf ${UNITS}/fraisier-as-shopapp*
      systemctl daemon-reload`);
  });
}

/** A shop whose commands run as the user shopapp. Root has not allowed it yet. */
async function ofAnotherUser(): Promise<InstalledScenario> {
  await makeUser();
  const installed = await installScenario({ environment: BUILD });
  // The scenario lies in /tmp, of which commands have one of their own.
  await sh(`
    systemctl disable --now fraisier-as-shopapp.socket
    rm ${UNITS}/fraisier-as-shopapp.socket ${UNITS}/fraisier-as-shopapp@.service
    install -d ${UNITS}/fraisier-as-shopapp@.service.d
    printf '[Service]\nBindPaths=%s\n' ${installed.scenario.folder} > ${UNITS}/fraisier-as-shopapp@.service.d/scenario.conf
    systemctl daemon-reload`);
  const set = ["env", "set", "shop", "TOKEN", "s3cr3t-of-the-shop", "--target", "production"];
  expect((await installed.fraisier(...set)).exitCode).toBe(0);
  return installed;
}

const left = async (): Promise<string> => (await sh("pgrep -u shopapp -a || true")).trim();
/** The program of a unit ends just after its command. */
const nothingIsLeft = (): Promise<void> => until("nothing of shopapp", async () => (await left()) === "", left);

it(
  "commands of an unprivileged fraisier run as the user of their target once root allows it, and end with their deployment",
  { timeout: 400_000 },
  async () => {
    const { scenario, push, settled, fraisier } = await ofAnotherUser();

    // Not allowed: everything that looks names the command, and nothing is built or held.
    expect(await settled(await push("1"))).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("commands cannot run as shopapp: fraisier runs as fraisier here"),
      hint: expect.stringContaining(REMEDY),
    });
    const target = ["shop", "production"];
    for (const command of [["config", "validate"], ["plan", ...target], ["target", "test", ...target], ["doctor"]])
      expect((await fraisier(...command)).stdout.replaceAll(/\s+/g, " "), command.join(" ")).toContain(REMEDY);
    expect(await sh(`ls ${scenario.app}`)).not.toContain("releases");

    // Allowed, but in a folder that the user cannot reach: the hint is the command.
    await sh("fraisier privileges install -c /etc/fraisier/fraises.yaml");
    expect(await sh("stat -c '%U %a' /run/fraisier-as/shopapp /run/fraisier-as")).toBe("fraisier 600\nroot 755\n");
    const planned = (await fraisier("plan", ...target)).stdout.replaceAll(/\s+/g, " ");
    const [, command = ""] = /(sudo chown -R fraisier:\$\(id -gn shopapp\) .*? \{\} \+)/.exec(planned) ?? [];
    expect(command, planned).toContain(scenario.app);
    await sh(`${command.replaceAll("sudo ", "")}; chmod o= ${scenario.app}`);

    // With its variables and in no other command's sight.
    expect(await settled(await push("2"))).toMatchObject({ status: "succeeded" });
    const state = "cat built-by token; echo; cat shown; stat -c '%U:%G %a' .. . VERSION made made/deep/file";
    expect(await sh(`cd ${scenario.app}/current; ${state}`)).toBe(
      "shopapp\ns3cr3t-of-the-shop\n0\nfraisier:shopapp 2750\nfraisier:shopapp 2770\nfraisier:shopapp 660\nshopapp:shopapp 2755\nshopapp:shopapp 644\n",
    );

    // Cancelled, and then with a runner that dies: nothing of it is left.
    const running = async (): Promise<string> => {
      await until("the build", async () => /sleep 60[12][^]*sleep 60[12]/.test(await left()), left);
      return (await sh("systemctl list-units --plain --no-legend 'fraisier-deploy@*' | cut -d' ' -f1")).trim();
    };
    await sh(`touch ${scenario.app}/hold`);
    const cancelled = await push("3");
    await fraisier("cancel", (await running()).slice(16, 29));
    expect(await settled(cancelled)).toMatchObject({ status: "cancelled" });
    expect(await left()).not.toContain("sleep");
    const killed = await push("4");
    const unit = await running();
    await sh(`rm ${scenario.app}/hold; systemctl kill --signal=KILL --kill-who=main ${unit}`);
    expect(await settled(killed)).toMatchObject({ status: "succeeded" });
    await nothingIsLeft();
    expect((await sh("systemctl list-units --plain --no-legend 'fraisier-as-shopapp@*'")).trim()).toBe("");

    // The release of the cancelled one is gone, though it held folders of that user.
    expect((await sh(`ls ${scenario.app}/releases | wc -l`)).trim()).toBe("2");
  },
);

/** Commands as the user shopapp, with everything that a command can have; run by the user fraisier. */
const COMMANDS = `
const { localProcesses } = await import("/opt/commands/src/host/local-processes.ts");
const { Readable, Writable } = await import("node:stream");
const options = { env: { PATH: "/usr/bin:/bin", A: "b c", NODE_OPTIONS: "--no-such-option" }, cwd: "/", timeoutMs: 60000, user: "shopapp" };
const run = (command, more = {}) => localProcesses.run(command, { ...options, ...more });
const ended = async (command, more = {}) => {
  const controller = new AbortController();
  const onLine = (stream, line) => { if (line === "ready") controller.abort(); };
  return await run(command, { ...more, signal: controller.signal, onLine });
};
const seen = {};
seen.env = await run('echo "$A $HOME $USER"; exit 3');
seen.fds = (await run("ls /proc/self/fd")).stdout;
const pieces = function* () { for (let i = 0; i < 80; i++) yield Buffer.alloc(65536, i); };
seen.input = (await run("wc -c", { inputFrom: Readable.from(pieces()) })).stdout;
seen.bytes = 0;
const slow = new Writable({ highWaterMark: 1024, write(chunk, _, done) { seen.bytes += chunk.length; setTimeout(done, 1); } });
await run("head -c 3000000 /dev/zero; echo end >&2", { outputTo: slow });
seen.texts = (await run("cat <&3; cat <&4", { texts: ["three ", "four"] })).stdout;
seen.killed = (await run("kill -KILL $$")).signal;
const polite = await ended("trap 'echo bye; exit 9' TERM; echo ready; sleep 30 & wait");
seen.polite = [polite.aborted, polite.exitCode, polite.stdout];
const stubborn = await ended("trap '' TERM; echo ready; while true; do sleep 1; done", { graceMs: 1000 });
seen.stubborn = [stubborn.aborted, stubborn.signal];
seen.missing = await run(["no-such-program"]).catch((error) => error.name + ": " + error.message);
console.log(JSON.stringify(seen));`;

it("a command of another user has its input, output, exit code and signals as any other, and nobody but fraisier can start one", async () => {
  await makeUser();
  installProgram();
  await sh(`
    install -m 644 systemd/fraisier.sysusers /usr/lib/sysusers.d/fraisier.conf && systemd-sysusers
    # The parts of fraisier that start a command, for a test of their own.
    install -d /opt/commands/src && cp -R src/host src/domain /opt/commands/src/ && cp package.json /opt/commands/
    install -d /etc/fraisier
    cat > /etc/fraisier/users.yaml <<'END'
git: { git: { webhook_secret: "\${SECRET}" } }
deployment: { state_directory: /srv/no-such-folder }
fraises:
  shop:
    type: api
    repository: acme/shop
    clone_url: /srv/shop.git
    environments: { production: { branch: main, app_path: /srv/shop, user: shopapp, build: { command: "true", user: root } } }
END
    fraisier privileges install -c /etc/fraisier/users.yaml > /tmp/installed`);
  // Commands of root cannot be allowed in this way.
  expect(await sh(`cat /tmp/installed; ls ${UNITS}`)).toMatch(/commands cannot run as root/);
  expect(await sh(`ls ${UNITS} | grep -c fraisier-as-root || true`)).toBe("0\n");
  const become = ["--reuid=fraisier", "--regid=fraisier", "--init-groups", "/opt/fraisier/bin/node"];
  const argv = [...become, "--input-type=module", "--eval", COMMANDS];
  const { stdout } = await promisify(execFile)("setpriv", argv, { cwd: "/" });
  expect(JSON.parse(stdout)).toMatchObject({
    env: { exitCode: 3, stdout: "b c /srv/shopapp shopapp\n" },
    fds: "0\n1\n2\n3\n",
    input: `${80 * 65_536}\n`,
    bytes: 3_000_000,
    texts: "three four",
    killed: "SIGKILL",
    polite: [true, 9, "ready\nbye\n"],
    stubborn: [true, "SIGKILL"],
    missing: expect.stringContaining("HostUnavailable: a command could not be run as shopapp: spawn no-such-program"),
  });
  await nothingIsLeft();
  const stranger = `require("node:net").connect("/run/fraisier-as/shopapp").on("error", ({ code }) => console.log(code)).on("connect", () => console.log("in"))`;
  for (const other of ["nobody", "shopapp"])
    expect(
      await sh(`setpriv --reuid=${other} --regid=nogroup --clear-groups /opt/fraisier/bin/node --eval '${stranger}'`),
    ).toBe("EACCES\n");
});
