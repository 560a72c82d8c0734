import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, it } from "vitest";
import { gitOverHttp } from "../helpers/git-over-http.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { reportAttacks } from "./attack-report.ts";

/** The part of each sentinel that is searched for. Around it stand signs that encodings change. */
const CORES = {
  "a variable of the target": "Tq7vXk2mPz9LwB4nRc6D",
  "the password of a database": "Dj3sHy8fGt5KuM7xEa2W",
  "a variable of the file environment": "Mb6pNv4rQk9ZcX3tLs8F",
  "the password of a proxy": "Px5wKd2hTf7JyG9mVb4R",
  "the password of the repository": "Gc8tLn3zWr6QsY4kHp7V",
  "a token in a file of credentials": "Nf2yBm9jXd5TvR8wKg3Z",
  "a private key among the credentials": "Kh7zVc4qLt2WpM6sJx9D",
  "a token in a file that fraises.yaml names": "Fr4xSg8nYk3HbT6vQm2L",
  "a token in fraises.yaml": "Lw9kRp5dCz7NfJ3gXt6B",
  "another webhook's secret": "Wv3mZj7bDq8RhK5yTn2P",
} as const;
const AROUND = (core: string): string => `a/+=ä'"<&$ ${core}é\\;b`;

/** Answers with what it was sent, and on /health with what the build found, if its version is broken. */
const SERVICE = `const { readFileSync } = require("node:fs");
const read = (name) => readFileSync(require("node:path").join(__dirname, name), "utf8");
const version = read("VERSION").trim();
require("node:http").createServer((request, response) => {
  if (request.url === "/echo") return response.writeHead(500).end(JSON.stringify(request.headers) + request.headers.authorization);
  if (request.url === "/moved") return response.writeHead(302, { location: "/?token=" + encodeURIComponent(request.headers["x-token"]) }).end();
  if (request.url === "/health" && version.includes("broken")) return response.writeHead(500).end(read("leaked"));
  response.end("version " + version);
}).listen(Number(process.argv[2]), "127.0.0.1");
`;

/** What of a sentinel may not stand anywhere: ten characters of it, plain or encoded. */
function traces(core: string): readonly string[] {
  const windows = (text: string, length: number): readonly string[] =>
    Array.from({ length: text.length - length + 1 }, (_, at) => text.slice(at, at + length));
  const hex = Buffer.from(core).toString("hex");
  // Characters at the ends of base64 are shared with the neighbours.
  const base64 = [0, 1, 2].map((offset) =>
    Buffer.from("\0".repeat(offset) + core)
      .toString("base64")
      .replace(/=+$/, "")
      .slice(4, -1),
  );
  return [
    ...windows(core, 10),
    ...windows(hex, 20),
    ...windows(hex.toUpperCase(), 20),
    ...base64.flatMap((text) => windows(text, 12)),
  ];
}

/** The sentinels that stand in a text, by name. */
function foundIn(text: string): readonly string[] {
  return Object.entries(CORES).flatMap(([name, core]) =>
    traces(core).some((each) => text.includes(each)) ? [name] : [],
  );
}

async function planted(): Promise<Scenario> {
  const scenario = await createScenario({
    deployment: "sandbox: auto",
    forges: 'github: { webhook_secret: "${OTHER_SECRET}" }',
    server: "public: [/metrics, /providers, /_deploy/*]",
    environment: `install: python3 leak.py @FOLDER@
build: python3 leak.py @FOLDER@ $(cat VERSION)
hooks: { before_deploy: "python3 leak.py @FOLDER@", after_deploy: "python3 leak.py @FOLDER@ fail" }
credentials: { "~/.npmrc": @FOLDER@/npmrc, "~/token": @FOLDER@/token }
database:
  tool: command
  url: "\${SHOP_DATABASE}"
  down: python3 leak.py @FOLDER@
  up: 'python3 leak.py @FOLDER@ $(grep -o migrate VERSION > /dev/null && echo fail)'
verify:
  on_failure: warn
  checks:
    - { type: command, command: "python3 leak.py @FOLDER@ fail" }
    - { type: http, url: "{serviceUrl}echo", request: { headers: { Authorization: "Bearer ${CORES["a token in fraises.yaml"]}", X-Token: !file @FOLDER@/check-token } } }
    - { type: http, url: "{serviceUrl}moved", request: { headers: { X-Token: !file @FOLDER@/check-token } }, redirect: /home }`,
  });
  const { folder, bare } = scenario;
  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text, { mode: 0o600 });
  write(
    "npmrc",
    `registry=https://registry.example/\n//registry.example/:_authToken=${CORES["a token in a file of credentials"]}\n`,
  );
  write("token", `-----BEGIN KEY-----\n${CORES["a private key among the credentials"]}\n-----END KEY-----\n`);
  write("check-token", `${AROUND(CORES["a token in a file that fraises.yaml names"]).replaceAll(/[^ -~]/g, "")}\n`);
  write("webhook-secrets", `OTHER_SECRET=${CORES["another webhook's secret"]}\n`);
  write(
    "environment",
    `MAIL_PASSWORD=${CORES["a variable of the file environment"]}/+=x\nhttps_proxy=http://ann:${CORES["the password of a proxy"]}@127.0.0.1:9/\n`,
  );
  const password = CORES["the password of the repository"];
  const expected = `Basic ${Buffer.from(`ann:${password}`).toString("base64")}`;
  const { url } = await gitOverHttp(bare, { allow: (authorization) => authorization === expected });
  const file = join(folder, "fraises.yaml");
  const text = readFileSync(file, "utf8")
    .replaceAll("@FOLDER@", folder)
    .replace(`clone_url: ${bare}`, `clone_url: ${url.replace("://", `://ann:${password}@`)}`);
  writeFileSync(file, text);
  const set = async (name: string, value: string): Promise<void> => {
    const { exitCode, stderr } = await scenario.fraisierReads(
      value,
      "env",
      "set",
      "shop",
      name,
      "--target",
      "production",
    );
    expect(exitCode, stderr).toBe(0);
  };
  await set("APP_TOKEN", AROUND(CORES["a variable of the target"]));
  await set("SHOP_DATABASE", `mongodb://shop:${CORES["the password of a database"]}%2Fp%40ss@127.0.0.1:9/shop`);
  return scenario;
}

/** Everything that fraisier wrote, printed or answered, by place. */
async function everything(scenario: Scenario, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { folder, url } = scenario;
  const places = new Map<string, string>();
  const questions = [
    ["status"],
    ["status", "--json"],
    ["history"],
    ["list"],
    ["webhooks", "show", "last"],
    ["why", "last"],
    ["verify", "shop", "production"],
    ["env", "list", "shop", "--target", "production"],
    ["config", "show"],
    ["target", "test", "shop", "production"],
    ["providers"],
    ["doctor"],
    ...ids.flatMap((id) => [
      ["show", id, "--json"],
      ["logs", id],
    ]),
    ...(process.env["FRAISIER_TEST_ALL"] === undefined
      ? []
      : [
          ["plan", "shop", "production"],
          ...ids.flatMap((id) => [
            ["show", id],
            ["logs", id, "--json"],
          ]),
        ]),
  ];
  for (const question of questions) {
    const { stdout, stderr } = await scenario.fraisier(...question);
    places.set(question.join(" "), stdout + stderr);
  }
  for (const path of ["/health", "/metrics", "/providers", "/_deploy/status", "/_deploy/health", "/nothing"])
    places.set(path, await (await fetch(`${url}${path}`)).text());
  const forged = await fetch(`${url}/webhook/github`, {
    method: "POST",
    body: "{}",
    headers: { "x-github-event": "push" },
  });
  places.set("a refused delivery", await forged.text());
  places.set("the log of the daemon", scenario.daemonLog());
  // A copy: closing the last connection of this process to the store itself would end its locks.
  for (const end of ["", "-wal"]) {
    if (!existsSync(join(folder, `fraisier.db${end}`))) continue;
    copyFileSync(join(folder, `fraisier.db${end}`), join(folder, `copy.db${end}`));
    places.set(`the bytes of fraisier.db${end}`, readFileSync(join(folder, `copy.db${end}`), "latin1"));
  }
  const copy = new Database(join(folder, "copy.db"));
  for (const { name } of copy.prepare("select name from sqlite_master where type = 'table'").all() as {
    name: string;
  }[])
    places.set(`the table ${name}`, JSON.stringify(copy.prepare(`select * from "${name}"`).all()));
  copy.close();
  // What the state folder holds beside the store, the key and the values that are sealed for it.
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }))
    if (/^(mirrors|backups|units)\//.test(name) && /config|HEAD|\.json$|FETCH|log/.test(name))
      places.set(
        name,
        execFileSync("cat", [join(folder, name)], { encoding: "latin1", stdio: ["ignore", "pipe", "ignore"] }),
      );
  return places;
}

it(
  "a build that prints every secret it is given, in every form, leaves none of them anywhere",
  { timeout: 300_000 },
  async () => {
    const scenario = await planted();
    await scenario.start();
    const script = readFileSync(join(import.meta.dirname, "leak.py"), "utf8");
    const ids: string[] = [];
    const deploy = async (version: string): Promise<string> => {
      const revision = await scenario.commit(version, { "leak.py": script, "service.js": SERVICE });
      await scenario.push();
      const row = await scenario.settled(revision);
      ids.push(row.id);
      return row.status;
    };
    expect(await deploy("1"), scenario.daemonLog()).toBe("succeeded");
    expect(await deploy("2 broken")).toBe("rolled_back");
    expect(await deploy("3 fail")).toBe("failed");
    expect(await deploy("4 migrate")).toMatch(/failed|rolled_back/);

    // Otherwise a search that finds nothing would prove nothing: what the build printed holds what it was given.
    const leaked = readFileSync(join(scenario.app, "current/leaked"), "latin1");
    expect(foundIn(leaked)).toEqual([
      "a variable of the target",
      "the password of a database",
      "a variable of the file environment",
      "the password of a proxy",
      "a token in a file of credentials",
      "a private key among the credentials",
    ]);
    const places = await everything(scenario, ids);
    const hits: string[] = [];
    let hidden = 0;
    for (const [place, text] of places) {
      for (const name of foundIn(text)) hits.push(`${name} in ${place}`);
      if (text.includes(scenario.secret) || text.includes("AGE-SECRET-KEY"))
        hits.push(`fraisier's own secret in ${place}`);
      if (text.includes("***")) hidden += 1;
    }
    reportAttacks({
      tried: places.size * (Object.keys(CORES).length + 2),
      wronglyAccepted: 0,
      crashes: 0,
      secretsFound: hits.length,
    });
    expect(hits).toEqual([]);
    // The places do hold what was printed.
    expect(hidden).toBeGreaterThan(10);
  },
);
