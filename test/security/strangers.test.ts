import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { rawAnswer } from "../helpers/raw-socket.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { fromGitHub, pushBody } from "../helpers/signed-webhook.ts";

const SECRET = "the-secret-of-the-forge-0123456789";
const MIB = 2 ** 20;
const isLong = process.env["FRAISIER_TEST_ALL"] !== undefined;

async function served(): Promise<Scenario> {
  const scenario = await createScenario({
    forges: `github: { webhook_secret: ${SECRET} }`,
    server: "public: [/metrics]",
  });
  await scenario.start();
  return scenario;
}

/** Resident memory of the daemon's process, in bytes: now, or the most that it ever was. */
function memory(scenario: Scenario, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${scenario.daemonPid()}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]) * 1024;
}

interface Flood {
  /** Ends the strangers, and gives how many of their connections were left. */
  end(): Promise<string>;
}

async function flood(scenario: Scenario, connections: number, addresses: number): Promise<Flood> {
  const port = new URL(scenario.url).port;
  const script = join(import.meta.dirname, "../helpers/flood.ts");
  const strangers = spawn(process.execPath, [script, port, String(connections), String(25 * MIB), String(addresses)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void strangers.kill("SIGKILL"));
  let said = "";
  strangers.stdout.on("data", (text: Buffer) => (said += text.toString()));
  await once(strangers.stdout, "data");
  return {
    async end() {
      const ended = once(strangers, "exit");
      strangers.stdin.end();
      await ended;
      return said;
    },
  };
}

/** Posts from this address of the machine and gives status and milliseconds. */
async function post(
  scenario: Scenario,
  localAddress: string,
  body: string,
  headers: Record<string, string>,
): Promise<{ status: number; ms: number }> {
  const begun = performance.now();
  const sent = request(`${scenario.url}/webhook/github`, { method: "POST", headers, localAddress, agent: false });
  sent.end(body);
  const [response] = (await once(sent, "response")) as [{ statusCode?: number; resume(): void }];
  response.resume();
  return { status: response.statusCode ?? 0, ms: performance.now() - begun };
}

/** A genuine forge delivers so many pushes, one after the other, all of them answered 200: their median and their longest time. */
async function genuine(
  scenario: Scenario,
  localAddress: string,
  pushes: number,
): Promise<{ median: number; longest: number }> {
  const times: number[] = [];
  for (let i = 0; i < pushes; i++) {
    // Of no target: nothing is deployed meanwhile.
    const body = pushBody("acme/elsewhere", "1");
    const { status, ms } = await post(scenario, localAddress, body, fromGitHub(body, SECRET));
    expect(status).toBe(200);
    times.push(ms);
    await sleep(5);
  }
  return { median: times.toSorted((a, b) => a - b)[Math.floor(pushes / 2)] ?? 0, longest: Math.max(...times) };
}

async function raw(scenario: Scenario, text: string, localAddress = "127.0.0.1", ms = 3_000): Promise<string> {
  return await rawAnswer(scenario.url, [text], { localAddress, ms, headOnly: true });
}

describe("strangers with large bodies", () => {
  const connections = isLong ? 1_000 : 200;

  it(`${connections} connections with 25 MB each from ten addresses: memory grows by at most 64 MB, and a forge at another address is answered`, async () => {
    const scenario = await served();
    // A daemon that has worked for a while: what its first requests make it load is not the strangers' doing.
    for (let i = 0; i < 150; i++) await post(scenario, "127.0.0.8", "{}", { "x-github-event": "push" });
    const usual = await genuine(scenario, "127.0.0.9", 40);
    const before = memory(scenario, "VmRSS");
    const strangers = await flood(scenario, connections, 10);
    // Its address was never seen before.
    const slowed = await genuine(scenario, "127.0.0.10", 40);
    await sleep(isLong ? 3_000 : 500);
    await strangers.end();
    const grown = (memory(scenario, "VmHWM") - before) / MIB;
    console.log(
      `${connections} strangers: memory grew by ${grown.toFixed(1)} MiB at most; a forge waited ${slowed.median.toFixed(1)} ms instead of ${usual.median.toFixed(1)} ms, and ${slowed.longest.toFixed(0)} ms at most instead of ${usual.longest.toFixed(0)} ms`,
    );
    expect(grown).toBeLessThanOrEqual(64);
    // The strangers' own process takes one of the machine's few processors: shorter waits than this are noise.
    expect(slowed.median).toBeLessThanOrEqual(Math.max(2 * usual.median, isLong ? 0 : 250));
  });
});

describe("a request that is not worth its body", () => {
  it("is answered before its body is read: a forge that is not configured, a wrong URL, too many bytes", async () => {
    const scenario = await served();
    const head = (path: string, more: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;
    for (const [path, more, status] of [
      ["/webhook/gitlab", "X-Gitlab-Event: Push Hook\r\nContent-Length: 1000", 404],
      ["/webhook/bitbucket", "X-Event-Key: diagnostics:ping\r\nContent-Length: 1000", 404],
      ["/webhook", "X-Event-Key: diagnostics:ping\r\nContent-Length: 1000", 404],
      ["/webhook/nobody", "Content-Length: 1000", 404],
      ["/webhook/git", "X-GitHub-Event: push\r\nContent-Length: 1000", 400],
      ["/webhook/github", "X-GitHub-Event: push\r\nContent-Encoding: gzip\r\nContent-Length: 1000", 415],
      ["/webhook/github", "X-GitHub-Event: push\r\nContent-Length: 26214401", 413],
    ] as const)
      expect([path, more, (await raw(scenario, head(path, more))).slice(9, 12)]).toEqual([path, more, String(status)]);
    const rows = await scenario.store.deliveries.history({ limit: 20 });
    expect(rows).toHaveLength(7);
    expect(rows.every(({ decision, verified }) => decision === "refused" && !verified)).toBe(true);
  });
});

describe("the holdings of strangers", () => {
  it("connections of one address: those above its share are ended at once with 503, and other addresses are served", async () => {
    const scenario = await served();
    const open = Array.from({ length: 128 }, () => {
      const socket = connect({
        port: Number(new URL(scenario.url).port),
        host: "127.0.0.1",
        localAddress: "127.0.0.30",
      });
      socket.on("error", () => undefined);
      onTestFinished(() => void socket.destroy());
      return once(socket, "connect");
    });
    await Promise.all(open);
    const refused = await raw(scenario, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "127.0.0.30");
    expect(refused === "" || /^HTTP\/1\.1 503[^]*Retry-After: 2/.test(refused)).toBe(true);
    expect(await raw(scenario, "GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "127.0.0.31")).toMatch(/^HTTP\/1\.1 200/);
    expect(await (await fetch(`${scenario.url}/metrics`)).text()).toMatch(/^fraisier_connections_refused_total [1-9]/m);
  });

  it("a head that never ends is cut off after ten seconds", async () => {
    const scenario = await served();
    const begun = performance.now();
    const answer = await raw(scenario, "POST /webhook/github HTTP/1.1\r\nHost: x\r\nX-Slow: ", "127.0.0.32", 30_000);
    expect(answer).toMatch(/^HTTP\/1\.1 408/);
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it("unsigned test requests count like refused ones: a row each until there are too many, and then 429", async () => {
    const scenario = await createScenario({
      forges: "bitbucket: { webhook_secret: the-secret-of-the-forge-0123456789 }",
      server: "public: [/metrics]",
    });
    await scenario.start();
    const statuses: number[] = [];
    for (let i = 0; i < 40; i++) {
      const { status, headers } = await fetch(`${scenario.url}/webhook/bitbucket`, {
        method: "POST",
        body: '{"test": true}',
        headers: { "x-event-key": "diagnostics:ping", "x-filler": "x".repeat(10_000) },
      });
      if (status === 429) expect(headers.get("retry-after")).toBe("2");
      statuses.push(status);
    }
    expect(statuses).toEqual([...Array<number>(30).fill(200), ...Array<number>(10).fill(429)]);
    const rows = await scenario.store.deliveries.history({ limit: 50 });
    expect(rows).toHaveLength(30);
    expect(rows.every(({ verified, bodyBytes }) => !verified && bodyBytes < 100)).toBe(true);
    expect(await scenario.store.upkeep.forgettable("refused", "zzz")).toBe(30);
    const metrics = await (await fetch(`${scenario.url}/metrics`)).text();
    expect(metrics).toMatch(/^fraisier_refusals_unrecorded_total 10$/m);
    expect(metrics).toContain('fraisier_deliveries_total{forge="bitbucket",status="429"} 10');
  });
});
