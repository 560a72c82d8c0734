import { writeFileSync } from "node:fs";
import { request } from "node:http";
import type { IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import Database from "better-sqlite3";
import { openStore } from "../src/store/store.ts";
import { newId } from "../src/domain/id.ts";
import { newTokenText } from "../src/tokens/token-text.ts";
import { fill } from "./long-history.ts";
import { figure } from "./figure.ts";
import type { Row } from "./figure.ts";
import type { Part } from "./part.ts";
import { SECRET, startFraisier } from "./servers.ts";
import { median } from "./statistics.ts";

const TARGETS = 500;
const DEPLOYMENTS = 1_000_000;
const PAGES = 101;
const WANTED_MS = 50;
const WANTED_KB = 100;

/** Whether the first page of a large installation is quick and small. Each tenth target was rolled back and is on hold. Before each page, one target changes. */
export const dashboard: Part = {
  letter: "i",
  title: `The board of the dashboard, with ${TARGETS} targets and ${DEPLOYMENTS.toLocaleString("en")} deployments`,
  async run(folder) {
    const file = join(folder, "fraisier.db");
    await fill(file, DEPLOYMENTS, TARGETS);
    const database = new Database(file);
    database.exec(`update tb_deployment set status = 'rolled_back', reason = 'the health check answered 500'
        where id in (select deployment_id from tb_fraise_state) and cast(id as integer) % 10 = 0;
      update tb_fraise_state set hold_reason = 'the health check answered 500', hold_since = updated_at
        where cast(deployment_id as integer) % 10 = 0`);
    database.close();
    const token = await makeToken(file);
    await using server = await startFraisier(writeConfig(folder, file));
    const url = `http://127.0.0.1:${server.port}`;
    const signedIn = await ask(`${url}/sign-in`, { origin: url }, new URLSearchParams({ token }).toString());
    const cookie = signedIn.headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    const times: number[] = [];
    let bytes = 0;
    const store = await openStore(`sqlite:${file}`);
    for (let i = 0; i < PAGES; i++) {
      await store.targets.recordDrift({ fraise: `fraise${i + 1}`, environment: "production", job: "" }, `changed ${i}`);
      const startedAt = performance.now();
      const answer = await ask(`${url}/`, { cookie, "accept-encoding": "gzip" });
      times.push(performance.now() - startedAt);
      if (answer.status !== 200) throw new Error(`the board answers ${answer.status}`);
      ({ bytes } = answer);
    }
    await store.close();
    return rowsOf(median(times), bytes);
  },
};

function rowsOf(ms: number, bytes: number): readonly Row[] {
  const kilobytes = bytes / 1_000;
  return [
    figure("board.time", "time until the whole board has arrived, on this machine", ms, {
      unit: " ms",
      digits: 1,
      wanted: { most: WANTED_MS },
      boundBy:
        "the board asks an index for each target and compares it with what was drawn last; rows that changed are drawn, and the page is compressed.",
    }),
    figure("board.bytes", "the board as transferred", kilobytes, {
      unit: " KB",
      digits: 1,
      wanted: { most: WANTED_KB },
      boundBy: "each target is a row with names, times and links, which compress well.",
    }),
  ];
}

async function makeToken(file: string): Promise<string> {
  const store = await openStore(`sqlite:${file}`);
  const id = newId();
  const { text, hash } = newTokenText(id);
  const none = { fraises: [], environments: [], expiresAt: undefined };
  const made = { createdAt: new Date().toISOString(), createdBy: "bench" };
  await store.tokens.create({ id, name: "bench", hash, scope: "read", ...none, ...made });
  await store.close();
  return text;
}

function writeConfig(folder: string, store: string): string {
  const file = join(folder, "fraises.yaml");
  const fraises = Array.from({ length: TARGETS }, (_, index) => {
    const name = index === 0 ? "shop" : `fraise${index}`;
    return `  ${name}: { type: script, repository: acme/${name}, clone_url: ${folder}/none.git, environments: { production: { branch: main, app_path: ${folder}/srv/${name} } } }`;
  });
  writeFileSync(
    file,
    `name: bench
git:
  provider: github
  github: { webhook_secret: ${JSON.stringify(SECRET)} }
store: { url: "sqlite:${store}" }
server: { listen: "127.0.0.1:0" }
deployment: { state_directory: ${join(folder, "state")} }
fraises:
${fraises.join("\n")}
`,
  );
  return file;
}

/** fetch() would unpack the answer: its size on the wire is wanted. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  form?: string,
): Promise<{ readonly status: number | undefined; readonly headers: IncomingHttpHeaders; readonly bytes: number }> {
  return await new Promise((resolve, reject) => {
    const asked = request(url, { method: form === undefined ? "GET" : "POST", headers }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Uint8Array) => (bytes += chunk.byteLength));
      answer.once("end", () => resolve({ status: answer.statusCode, headers: answer.headers, bytes }));
    });
    asked.once("error", reject);
    asked.end(form);
  });
}
