import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { request } from "node:http";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { HostUnavailable } from "../../src/domain/errors.ts";
import { listenLocally } from "../../src/host/local-socket.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

interface Answer {
  readonly status: number | undefined;
  readonly body: unknown;
}

async function ask(
  socketPath: string,
  path: string,
  options: { method?: string; user?: string } = {},
): Promise<Answer> {
  const { method = "GET", user } = options;
  const headers = user === undefined ? {} : { "x-fraisier-user": user };
  return await new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, method, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode, body: JSON.parse(text) as unknown }));
    });
    sent.once("error", reject);
    sent.end();
  });
}

async function withSockets(): Promise<{ scenario: Scenario; read: string; control: string }> {
  const folder = temporaryFolder();
  const [read, control] = [join(folder, "read.sock"), join(folder, "control.sock")];
  const scenario = await createScenario({ server: `read_socket: ${read}, control_socket: ${control}` });
  return { scenario, read, control };
}

describe("the sockets of the API", () => {
  it("need no token, give their scope, and answer nothing but the API", async () => {
    const { scenario, read, control } = await withSockets();
    await scenario.start();
    expect(await ask(read, "/api/v1/whoami")).toMatchObject({
      status: 200,
      body: { caller: "read.sock", scope: "read" },
    });
    expect(await ask(control, "/api/v1/whoami", { user: "ann@web1" })).toMatchObject({
      status: 200,
      body: { caller: "ann@web1 (control.sock)", scope: "deploy" },
    });
    // A name that steers terminals or logs is not taken over.
    expect(await ask(control, "/api/v1/whoami", { user: "a\tb" })).toMatchObject({ body: { caller: "control.sock" } });
    expect(await ask(read, "/api/v1/whoami", { method: "POST" })).toMatchObject({
      status: 403,
      body: { code: "scope_missing" },
    });
    expect(await ask(read, "/webhook/git", { method: "POST" })).toMatchObject({ status: 404 });
    await scenario.stop();
    expect([existsSync(read), existsSync(control)]).toEqual([false, false]);
  });

  it("are made anew after a daemon was killed, and stay with a daemon that lives", async () => {
    const { scenario, read } = await withSockets();
    await scenario.start();
    await scenario.stop("SIGKILL");
    expect(existsSync(read)).toBe(true);
    await expect(ask(read, "/api/v1/whoami")).rejects.toThrow("ECONNREFUSED");
    await scenario.start();
    expect(await ask(read, "/api/v1/whoami")).toMatchObject({ status: 200 });
    const { ino } = statSync(read);
    await expect(listenLocally(createServer(), read, { name: "readers", gid: undefined })).rejects.toThrow(
      HostUnavailable,
    );
    expect(statSync(read).ino).toBe(ino);
    await scenario.stop();
  });
});

describe("a local socket", () => {
  it("belongs to its group with mode 0660; without the group, to its own user alone", async () => {
    const folder = temporaryFolder();
    const [first, second] = [createServer(), createServer()];
    onTestFinished(() => {
      first.close();
      second.close();
    });
    const gid = process.getgid?.();
    const open = await listenLocally(first, join(folder, "open.sock"), { name: "own", gid });
    expect(open.closedToGroup).toBeUndefined();
    const mode = (name: string): number => statSync(join(folder, name)).mode & 0o777;
    expect([mode("open.sock"), statSync(join(folder, "open.sock")).gid]).toEqual([0o660, gid]);
    const closed = await listenLocally(second, join(folder, "closed.sock"), { name: "readers", gid: undefined });
    expect(closed.closedToGroup).toBe("this machine has no group readers");
    expect(mode("closed.sock")).toBe(0o600);
    open.remove();
    expect(existsSync(join(folder, "open.sock"))).toBe(false);
  });

  it("is made in the folder that is named like its group, if there is one, and belongs to that folder's group from the start", async () => {
    const folder = temporaryFolder();
    const server = createServer();
    onTestFinished(() => void server.close());
    // A group that this process is no member of: root may give the folder to it.
    const gid = process.getuid?.() === 0 ? 4_242 : process.getgid?.();
    mkdirSync(join(folder, "readers"));
    chownSync(join(folder, "readers"), -1, gid ?? -1);
    chmodSync(join(folder, "readers"), 0o2700);
    const made: string[] = [];
    server.on("listening", () => made.push(...readdirSync(join(folder, "readers"))));
    const open = await listenLocally(server, join(folder, "read.sock"), { name: "readers", gid });
    expect(open.closedToGroup).toBeUndefined();
    expect(made).toEqual([`read.sock.${process.pid}`]);
    const { gid: group, mode } = statSync(join(folder, "read.sock"));
    expect([group, mode & 0o777]).toEqual([gid, 0o660]);
    expect(readdirSync(join(folder, "readers"))).toEqual([]);
  });

  it("is an error of this machine with a hint if it cannot be made", async () => {
    const folder = temporaryFolder();
    const missing = listenLocally(createServer(), join(folder, "none/x.sock"), { name: "own", gid: undefined });
    await expect(missing).rejects.toMatchObject({ code: "host_unavailable", hint: expect.stringContaining("folder") });
    const long = listenLocally(createServer(), `/tmp/${"x".repeat(120)}`, { name: "own", gid: undefined });
    await expect(long).rejects.toMatchObject({ message: expect.stringContaining("too long") });
  });
});
