import { execFileSync, spawn } from "node:child_process";
import { existsSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createScenario, PROGRAM, until } from "../helpers/scenario.ts";
import type { CommandResult, Scenario } from "../helpers/scenario.ts";
import { twoVersionsLive } from "../helpers/two-versions-live.ts";
import { tlsProxy } from "../helpers/tls-proxy.ts";

/** Addresses that no other run of this test uses at the same time: this machine's, and the other one's. */
const NETWORK = `10.231.${process.pid % 256}`;

/** A network of its own that only a cable connects with this one, as another machine has it. Undefined if this machine may not make one. */
async function anotherMachine(): Promise<{ readonly network: string } | undefined> {
  const holder = spawn("unshare", ["--net", "sleep", "600"], { stdio: "ignore" });
  onTestFinished(() => void holder.kill("SIGKILL"));
  const network = `/proc/${holder.pid}/ns/net`;
  const isMade = (): boolean => existsSync(network) && readlinkSync(network) !== readlinkSync("/proc/self/ns/net");
  const ip = (...args: readonly string[]): void => void execFileSync("ip", args, { stdio: "pipe" });
  try {
    await until("the network is made", async () => await Promise.resolve(isMade() || holder.exitCode !== null));
    const cable = [`frz${process.pid}a`, `frz${process.pid}b`] as const;
    ip("link", "add", cable[0], "type", "veth", "peer", "name", cable[1], "netns", String(holder.pid));
    ip("addr", "add", `${NETWORK}.1/24`, "dev", cable[0]);
    ip("link", "set", cable[0], "up");
    const setUp = `ip addr add ${NETWORK}.2/24 dev ${cable[1]} && ip link set ${cable[1]} up`;
    execFileSync("nsenter", [`--net=${network}`, "sh", "-c", setUp], { stdio: "pipe" });
    return { network };
  } catch (error) {
    process.stderr.write(`NOT TESTED: no network namespace can be made here (${String(error)})\n`);
    return undefined;
  }
}

async function ran(scenario: Scenario, network: string, ...args: readonly string[]): Promise<CommandResult> {
  const argv = [`--net=${network}`, process.execPath, PROGRAM, ...args];
  return await scenario.program("nsenter", ...argv).then(
    (stdout) => ({ exitCode: 0, stdout, stderr: "" }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      exitCode: code,
      stdout,
      stderr,
    }),
  );
}

it("works from another machine over TLS: login, status, deploy --wait and rollback", async () => {
  const other = await anotherMachine();
  if (other === undefined) return;
  const scenario = await createScenario();
  await scenario.start();
  const { first, second } = await twoVersionsLive(scenario);
  const made = await scenario.fraisier("token", "create", "--name", "laptop", "--scope", "deploy", "--json");
  const token = join(scenario.folder, "token");
  writeFileSync(token, `${(JSON.parse(made.stdout) as { token: string }).token}\n`, { mode: 0o600 });
  const { port, certificate } = await tlsProxy(`${NETWORK}.1`, Number(new URL(scenario.url).port));
  const url = `https://${NETWORK}.1:${port}`;
  const contexts = join(scenario.folder, "settings/contexts.json");
  scenario.with({ FRAISIER_CONFIG: "/nowhere/fraises.yaml", FRAISIER_CONTEXTS: contexts });
  const run = async (...args: readonly string[]): Promise<CommandResult> => await ran(scenario, other.network, ...args);

  expect(await run("login", url, "--token-file", token)).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining(`the certificate of ${url} is not trusted here (DEPTH_ZERO_SELF_SIGNED_CERT)`),
  });
  scenario.with({ NODE_EXTRA_CA_CERTS: certificate });
  expect(await run("login", url, "--token-file", token)).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(`You are token laptop at ${url}, with the scope deploy.`),
  });
  expect(await run("status")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(second.slice(0, 7)) });
  expect(await run("deploy", "shop", "--revision", first.slice(0, 8), "--wait")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("\nsucceeded\n"),
  });
  expect(await scenario.answer()).toBe("version 1");
  expect(await run("rollback", "shop")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(`back to ${second.slice(0, 7)}`),
  });
  expect(await scenario.answer()).toBe("version 2");
  await scenario.stop();
}, 120_000);
