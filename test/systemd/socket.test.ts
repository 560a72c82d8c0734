import { execFile } from "node:child_process";
import { createHash, createHmac, randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { freePort, until } from "../helpers/scenario.ts";
import { removeFolder } from "../helpers/remove-folder.ts";

const ROOT = join(import.meta.dirname, "../..");
const UNITS = "/etc/systemd/system";
const SECRET = `secret-${randomUUID()}`;
const ROUNDS = 10;
const DELIVERIES = 100;

const sh = async (line: string): Promise<string> =>
  (await promisify(execFile)("/bin/sh", ["-euc", line], { cwd: ROOT })).stdout;

/** Sends a signed delivery over a connection of its own, as forges do, and gives the status of the answer or the error. */
function deliver(port: number): Promise<number | string> {
  const [before, after] = ["0".repeat(40), createHash("sha1").update(randomUUID()).digest("hex")];
  const push = { repository: "acme/shop", ref: "refs/heads/main", before, after, pusher: "ann", message: "" };
  const body = JSON.stringify(push);
  const headers = {
    "content-type": "application/json",
    "x-fraisier-event": "push",
    "x-fraisier-delivery": randomUUID(),
    "x-fraisier-signature": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
  };
  return new Promise((resolve) => {
    const sent = request({ port, host: "127.0.0.1", path: "/webhook/git", method: "POST", agent: false, headers });
    sent.once("response", (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    sent.end(body);
  });
}

/** The units as they are shipped, with the program of this folder, as root. Gives the port. */
async function install(): Promise<number> {
  const port = await freePort();
  onTestFinished(async () => {
    await sh(`systemctl stop fraisier.socket fraisier.service || true
      rm -rf ${UNITS}/fraisier.service* ${UNITS}/fraisier.socket; systemctl daemon-reload`);
  });
  for (const folder of ["/etc/fraisier", "/var/lib/fraisier"]) {
    removeFolder(folder);
    mkdirSync(folder, { recursive: true });
  }
  writeFileSync("/etc/fraisier/webhook-secrets", `GIT_SECRET=${SECRET}\n`, { mode: 0o600 });
  // The address in the file is another one than the socket's.
  writeFileSync(
    "/etc/fraisier/fraises.yaml",
    `git: { git: { webhook_secret: "\${GIT_SECRET}" } }\nserver: { listen: "127.0.0.1:1" }\n`,
  );
  const socket = readFileSync(join(ROOT, "systemd/fraisier.socket"), "utf8");
  writeFileSync(`${UNITS}/fraisier.socket`, socket.replace(/^ListenStream=.*$/m, `ListenStream=127.0.0.1:${port}`));
  const main = process.env["FRAISIER_TEST_PROGRAM"] ?? join(ROOT, "src/main.ts");
  const program = `${process.execPath} ${main}`;
  const service = readFileSync(join(ROOT, "systemd/fraisier.service"), "utf8")
    .replaceAll("/usr/bin/env fraisier", program)
    .replaceAll(/^(User|Group)=.*$/gm, "$1=root")
    // SQLite sets the owner of its files if root opens them, which the filter forbids; test/systemd/installed.test.ts has the unit as it is.
    .replaceAll(/^SystemCallFilter=~.*$/gm, "");
  writeFileSync(`${UNITS}/fraisier.service`, service);
  await sh("systemctl daemon-reload && systemctl start fraisier.socket");
  return port;
}

describe("the daemon's units", () => {
  it("let no push be refused while the daemon restarts, if systemd holds the port", async () => {
    const port = await install();
    // The first delivery starts the daemon.
    expect(await deliver(port)).toBe(200);
    const answers: (number | string)[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const senders = Array.from({ length: DELIVERIES }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index * 5));
        return await deliver(port);
      });
      await sh("systemctl restart fraisier");
      answers.push(...(await Promise.all(senders)));
    }
    expect(answers.filter((answer) => answer !== 200)).toEqual([]);
    expect(answers).toHaveLength(ROUNDS * DELIVERIES);
    const store = await openStore("sqlite:/var/lib/fraisier/fraisier.db");
    const stored = await store.deliveries.history({ limit: 2 * ROUNDS * DELIVERIES });
    await store.close();
    expect(stored).toHaveLength(ROUNDS * DELIVERIES + 1);
    expect(await sh("journalctl -u fraisier --no-pager")).toContain("server.listen of fraises.yaml is ignored");
  });

  it("reload without a restart, fail on a broken file with its line, and start a dying daemon as often as it dies", async () => {
    const port = await install();
    await sh("systemctl start fraisier");
    const mainPid = async (): Promise<string> => (await sh("systemctl show -P MainPID fraisier")).trim();
    const pid = await mainPid();
    // At once: the reload waits for a daemon that is about to serve.
    expect(await sh("systemctl reload fraisier && echo done")).toBe("done\n");
    writeFileSync(
      "/etc/fraisier/fraises.yaml",
      `git: { git: { webhook_secret: "\${GIT_SECRET}" } }\nserver: { lisen: x }\n`,
    );
    expect(await sh("systemctl reload fraisier 2>&1 || echo failed")).toMatch(/failed\n$/);
    expect(await sh("systemctl is-active fraisier")).toBe("active\n");
    expect(await sh("journalctl -u fraisier --no-pager")).toMatch(/fraises\.yaml:2:11: unknown key "lisen"/);
    expect(await mainPid()).toBe(pid);
    expect(await deliver(port)).toBe(200);

    // More deaths in a moment than systemd allows by itself (five in ten seconds).
    mkdirSync(`${UNITS}/fraisier.service.d`);
    writeFileSync(
      `${UNITS}/fraisier.service.d/dies.conf`,
      "[Service]\nExecStart=\nExecStart=/bin/false\nRestartSec=10ms\n",
    );
    await sh("systemctl daemon-reload && systemctl restart fraisier || true");
    await until("it died ten times", async () => Number(await sh("systemctl show -P NRestarts fraisier")) >= 10);
  });
});
