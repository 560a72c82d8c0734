import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createScenario } from "../helpers/scenario.ts";

const ROOT = join(import.meta.dirname, "../..");
const ALERTS = join(ROOT, "contrib/alerts.yaml");

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}

const dashboard = JSON.parse(readFileSync(join(ROOT, "contrib/grafana-dashboard.json"), "utf8")) as Dashboard;

/** The questions of the dashboard, with values in the place of its variables. */
function questions(): readonly string[] {
  return dashboard.panels
    .flatMap(({ targets }) => targets.map(({ expr }) => expr))
    .map((expr) =>
      expr
        .replaceAll("$__rate_interval", "1m")
        .replaceAll("$__range", "1h")
        .replaceAll("$job", "fraisier")
        .replaceAll(/\$\w+/g, ".*"),
    );
}

/** Names of metrics in a text of rules or questions. */
function metricsIn(text: string): readonly string[] {
  return [...new Set(text.match(/\b(?:fraisier|nodejs|process)_[a-z0-9_]+/g))];
}

function promtool(...args: readonly string[]): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync("promtool", args, { encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

/** A real Prometheus that scrapes a daemon each second, with our rules; gives its address. */
async function startPrometheus(folder: string, daemon: string): Promise<string> {
  const file = join(folder, "prometheus.yml");
  writeFileSync(
    file,
    `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ["${ALERTS}"]
scrape_configs: [{ job_name: fraisier, static_configs: [{ targets: ["${new URL(daemon).host}"] }] }]
`,
  );
  const listen = `127.0.0.1:${await freePort()}`;
  const process = spawn(
    "prometheus",
    [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, "tsdb")}`, `--web.listen-address=${listen}`],
    { stdio: "ignore" },
  );
  const ended = new Promise((resolve) => void process.once("exit", resolve).once("error", resolve));
  onTestFinished(async () => {
    process.kill("SIGKILL");
    await ended;
  });
  return `http://${listen}`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => void server.once("listening", resolve));
  const address = server.address();
  await new Promise((resolve) => void server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Answer {
  readonly status: string;
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

describe("contrib", () => {
  it("has alert rules that promtool takes, and that fire when they should and not before", () => {
    expect(promtool("check", "rules", ALERTS)).toMatchObject({ status: 0 });
    const { status, output } = promtool("test", "rules", join(ROOT, "test/fixtures/metrics/alerts.test.yaml"));
    expect(output).not.toContain("FAILED");
    expect(status).toBe(0);
  });

  it("names only metrics that a daemon has, and a real Prometheus answers every question of the dashboard and loads every rule", async () => {
    const scenario = await createScenario({ server: "public: [/metrics]" });
    await scenario.start();
    const prometheus = await startPrometheus(scenario.folder, scenario.url);
    const revision = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });

    const ask = async (query: string): Promise<Answer> => {
      const response = await fetch(`${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`);
      return (await response.json()) as Answer;
    };
    const value = async (query: string): Promise<string | undefined> => (await ask(query)).data.result[0]?.value[1];
    await expect
      .poll(async () => await value('fraisier_deployments_total{status="succeeded"}').catch(() => "not yet"), {
        interval: 500,
        timeout: 20_000,
      })
      .toBe("1");
    expect(await value('fraisier_deployments_total{status="succeeded",target="shop/production"}')).toBe("1");
    expect(await value('sum(fraisier_delivery_decisions_total{decision="queued"})')).toBe("1");
    expect(await value('fraisier_phase_duration_seconds_count{phase="health_check"}')).toBe("1");
    expect(Number(await value("histogram_quantile(0.5, fraisier_deployment_duration_seconds_bucket)"))).toBeGreaterThan(
      0,
    );
    expect(await value("up")).toBe("1");

    const scraped = await (await fetch(`${scenario.url}/metrics`)).text();
    const known = new Set([...scraped.matchAll(/^(\w+)(?:\{| )/gm)].map(([, name]) => name));
    const described = new Set([...scraped.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name));
    const named = metricsIn(
      [
        readFileSync(ALERTS, "utf8"),
        ...questions(),
        ...dashboard.templating.list.map((each) => each.definition ?? ""),
      ].join("\n"),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((name) => !known.has(name) && !described.has(name))).toEqual([]);
    const answered = async (query: string): Promise<string> => {
      const { status, data } = await ask(query);
      return `${status === "success" && data.result.length > 0 ? "data" : "nothing"}: ${query}`;
    };
    // An increase needs two scrapes.
    for (const query of questions())
      await expect.poll(async () => await answered(query), { timeout: 15_000, interval: 500 }).toBe(`data: ${query}`);

    const rules = (await (await fetch(`${prometheus}/api/v1/rules`)).json()) as {
      readonly data: { readonly groups: readonly { readonly rules: readonly { readonly health: string }[] }[] };
    };
    const healths = rules.data.groups.flatMap((group) => group.rules.map(({ health }) => health));
    expect(healths.length).toBe(readFileSync(ALERTS, "utf8").match(/- alert:/g)?.length);
    expect(healths).not.toContain("err");
  });
});
