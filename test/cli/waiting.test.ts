import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { createScenario, openGate, until, WAIT_AT_GATE } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

interface Proxy {
  readonly url: string;
  /** Every path that was asked for, in order. */
  readonly paths: string[];
}

/** A proxy in front of the daemon that writes down what is asked. */
async function proxyOf({ url }: Scenario, refusesStreams = false): Promise<Proxy> {
  const paths: string[] = [];
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? "";
    paths.push(path);
    if (refusesStreams && path.startsWith("/api/v1/events")) {
      outgoing.writeHead(503).end("no streams here");
      return;
    }
    const { method, headers } = incoming;
    const sent = request(`${url}${path}`, { method: method ?? "GET", headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.on("error", () => outgoing.destroy()).pipe(outgoing);
    });
    sent.on("error", () => outgoing.destroy());
    outgoing.once("close", () => sent.destroy());
    incoming.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, paths };
}

async function served(build: string): Promise<{ readonly scenario: Scenario; readonly token: string }> {
  const scenario = await createScenario({
    environment: `build: ${JSON.stringify(build)}`,
    deployment: "sweep_interval: 0",
  });
  await scenario.start();
  const made = await scenario.fraisier("token", "create", "--json", "--name", "ci", "--scope", "deploy");
  await scenario.commit("1");
  await scenario.git("-c", "core.hooksPath=/dev/null", "push", "--quiet", "origin", "main");
  return { scenario, token: (JSON.parse(made.stdout) as { token: string }).token };
}

/** The numbers of the lines that the build printed, as the command printed them. */
const linesIn = (stdout: string): readonly number[] =>
  [...stdout.matchAll(/ build line (\d+)$/gm)].map(([, number]) => Number(number));

it("deploy --wait hears of what happens, and asks nothing while nothing happens", async () => {
  const { scenario, token } = await served(WAIT_AT_GATE);
  const proxy = await proxyOf(scenario);
  scenario.with({ FRAISIER_URL: proxy.url, FRAISIER_TOKEN: token });
  const { ended } = scenario.fraisierStarts("deploy", "shop", "--wait");
  const asked = (): number => proxy.paths.filter((path) => path.startsWith("/api/v1/deployments/")).length;
  await until("the build runs", async () => (await scenario.store.targets.status())[0]?.running?.phase === "building");
  await until("the command listens", async () =>
    proxy.paths.some((path) => path.startsWith("/api/v1/events?deployment=")),
  );
  await sleep(2_000);
  const before = asked();
  await sleep(5_000);
  expect(asked() - before).toBeLessThanOrEqual(1);
  openGate(scenario);
  expect(await ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("\nsucceeded\n") });
  await scenario.stop();
}, 120_000);

it("deploy --wait asks by itself if events are refused", async () => {
  // The build ends once the command has been refused: a quick deployment could end before the command asks for events.
  const { scenario, token } = await served(WAIT_AT_GATE);
  const proxy = await proxyOf(scenario, true);
  scenario.with({ FRAISIER_URL: proxy.url, FRAISIER_TOKEN: token });
  const { ended } = scenario.fraisierStarts("deploy", "shop", "--wait");
  await until("events are refused", async () => proxy.paths.some((path) => path.startsWith("/api/v1/events")));
  openGate(scenario);
  expect(await ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("\nsucceeded\n") });
  await scenario.stop();
}, 120_000);

it("logs -f prints every line once and in order, though the daemon is killed in between", async () => {
  const { scenario, token } = await served('for i in $(seq 60); do echo "line $i"; sleep 0.1; done');
  const proxy = await proxyOf(scenario);
  scenario.with({ FRAISIER_URL: proxy.url, FRAISIER_TOKEN: token });
  const { deployment } = JSON.parse((await scenario.fraisier("deploy", "shop", "--json")).stdout) as {
    deployment: string;
  };
  const following = scenario.fraisierStarts("logs", "-f", deployment);
  let printed = "";
  following.child.stdout?.on("data", (text: string) => (printed += text));
  await until("some lines", async () => linesIn(printed).length > 5);
  await scenario.stop("SIGKILL");
  await scenario.start();
  const { exitCode, stdout } = await following.ended;
  expect(exitCode).toBe(0);
  expect(linesIn(stdout)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(stdout).toMatch(/\nsucceeded\n$/);
  await scenario.stop();
}, 120_000);
