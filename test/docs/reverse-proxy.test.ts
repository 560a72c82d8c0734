import { execFileSync, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createScenario, freePort, until } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const PAGE = readFileSync(join(import.meta.dirname, "../../docs/reverse-proxy.md"), "utf8");

/** The block of this language on the page, as a reader copies it. */
function block(language: string): string {
  const found = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, "m").exec(PAGE)?.[1];
  if (found === undefined) throw new Error(`docs/reverse-proxy.md has no ${language} block`);
  return found;
}

/** The sender's address, another one than the proxy's. */
const CLIENT = "127.0.0.7";

interface Proxy {
  readonly port: number;
  readonly child: ChildProcess;
  log(): string;
}

function started(port: number, program: string, args: readonly string[], env: Record<string, string>): Proxy {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text: Buffer) => (log += text.toString()));
  // SIGTERM, so that nginx takes its workers along.
  onTestFinished(() => void child.kill("SIGTERM"));
  return { port, child, log: () => log };
}

/** Caddy with the page's Caddyfile: other ports, a certificate of its own making, and no access to the internet. */
async function caddy(scenario: Scenario): Promise<Proxy> {
  const [port, plain] = [await freePort(), await freePort()];
  const options = `{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\thttps_port ${port}\n\thttp_port ${plain}\n}\n`;
  const file = join(scenario.folder, "Caddyfile");
  writeFileSync(file, options + block("caddyfile").replace("127.0.0.1:8787", new URL(scenario.url).host));
  return started(port, "caddy", ["run", "--config", file, "--adapter", "caddyfile"], {
    HOME: scenario.folder,
    XDG_DATA_HOME: join(scenario.folder, "caddy"),
  });
}

/** nginx with the page's server block: another port, and a certificate that was made for this test. */
async function nginx(scenario: Scenario): Promise<Proxy> {
  const port = await freePort();
  const folder = join(scenario.folder, "nginx");
  mkdirSync(folder);
  const subject = ["-subj", "/CN=deploy.example.com", "-days", "2", "-keyout", "key.pem", "-out", "cert.pem"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", ...subject], {
    cwd: folder,
    stdio: "pipe",
  });
  const server = block("nginx")
    .replace("listen 443", `listen 127.0.0.1:${port}`)
    .replace(/ssl_certificate .*/, `ssl_certificate ${folder}/cert.pem;`)
    .replace(/ssl_certificate_key .*/, `ssl_certificate_key ${folder}/key.pem;`)
    .replaceAll("127.0.0.1:8787", new URL(scenario.url).host);
  const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  const http = `access_log off; ${paths.join(" ")}\n${server}`;
  writeFileSync(join(folder, "nginx.conf"), `pid ${folder}/pid;\nerror_log stderr;\nevents {}\nhttp {\n${http}}\n`);
  return started(port, "nginx", ["-p", folder, "-c", join(folder, "nginx.conf"), "-g", "daemon off;"], {});
}

/** One HTTPS request to the proxy under the name deploy.example.com; gives the status and the body. */
async function ask(
  { port }: Proxy,
  path: string,
  body?: Buffer,
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  return await new Promise((resolve, reject) => {
    const name = { servername: "deploy.example.com", headers: { host: "deploy.example.com", ...headers } };
    const method = body === undefined ? "GET" : "POST";
    const outgoing = request(
      // The certificate is made by the test itself.
      { host: "127.0.0.1", localAddress: CLIENT, port, path, method, rejectUnauthorized: false, ...name },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (part: string) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

describe.each([
  { name: "Caddy", program: "caddy", start: caddy },
  { name: "nginx", program: "nginx", start: nginx },
])("$name, configured as docs/reverse-proxy.md says", ({ program, start }) => {
  const missing = !["/usr/bin", "/usr/sbin", "/usr/local/bin"].some((folder) => existsSync(join(folder, program)));

  it.skipIf(missing)(
    "passes signed deliveries on unchanged, names their sender, and hides everything else",
    async () => {
      const scenario = await createScenario();
      const file = join(scenario.folder, "fraises.yaml");
      const settings = readFileSync(file, "utf8")
        .replace("git:\n", 'git:\n  provider: git\n  github: { webhook_secret: "${SCENARIO_SECRET}" }\n')
        .replace("server: {", "server: { trusted_proxies: [127.0.0.1],");
      writeFileSync(file, settings);
      await scenario.start();
      const proxy = await start(scenario);
      await until(
        "the proxy answers",
        async () => (await ask(proxy, "/health").catch(() => ({ status: 0 }))).status === 200,
        () => proxy.log(),
      );

      // Nearly the largest body that a forge sends, with bytes that a careless proxy would change.
      const body = Buffer.from(JSON.stringify({ zen: "Design for failure.", padding: "ü\u2028 ".repeat(4_000_000) }));
      const signature = `sha256=${createHmac("sha256", scenario.secret).update(body).digest("hex")}`;
      const headers = {
        "content-type": "application/json",
        "x-github-event": "ping",
        "x-github-delivery": "0b2c7ad4-0000-4000-8000-000000000001",
        "x-hub-signature-256": signature,
        "x-forwarded-for": "203.0.113.9",
      };
      expect(await ask(proxy, "/webhook/github", body, headers)).toMatchObject({ status: 200 });
      expect((await ask(proxy, "/webhook/github", Buffer.from("{}"), headers)).status).toBe(401);
      const { stdout } = await scenario.fraisier("webhooks", "--json");
      const { deliveries } = JSON.parse(stdout) as { deliveries: { remote_address: string }[] };
      expect(deliveries.map((each) => each.remote_address)).toEqual([CLIENT, CLIENT]);

      for (const path of ["/", "/metrics", "/_deploy/status", "/providers"])
        expect((await ask(proxy, path)).status, path).toBe(404);
    },
  );
});
