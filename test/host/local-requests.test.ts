import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import https from "node:https";
import net from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { localRequests } from "../../src/host/local-requests.ts";
import { scratchFolder } from "./scratch-repository.ts";

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return listening(server);
}

async function listening(server: net.Server): Promise<string> {
  if (!server.listening) await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

const timeoutMs = 5_000;

describe("an outgoing request", () => {
  it("sends method, headers and body, and gives back the answer", async () => {
    const url = await serve((request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        response.writeHead(201, {
          "x-said": `${request.method} ${request.headers.host} ${request.headers["content-length"]}`,
        });
        response.end(body.toUpperCase());
      });
    });
    const headers = { host: "shop.example.com", "content-type": "text/plain" };
    const answer = await localRequests.send(`${url}/x`, { method: "POST", headers, body: "grün", timeoutMs });
    expect(answer).toMatchObject({ status: 201, body: "GRÜN", headers: { "x-said": "POST shop.example.com 5" } });
    expect(answer.durationMs).toBeGreaterThan(0);
  });

  it("takes a redirect for an answer", async () => {
    const url = await serve((_request, response) =>
      response.writeHead(302, { location: "http://169.254.169.254/" }).end(),
    );
    expect(await localRequests.send(url, { timeoutMs })).toMatchObject({
      status: 302,
      headers: { location: "http://169.254.169.254/" },
    });
  });

  it("reads no more than 1 MiB of an answer that never ends", async () => {
    const url = await serve((_request, response) => {
      const more = setInterval(() => response.write("x".repeat(200_000)), 1);
      response.on("close", () => clearInterval(more));
    });
    const answer = await localRequests.send(url, { timeoutMs });
    expect(answer.body.length).toBe(1024 * 1024);
  });

  it("gives up when its time is over, before the headers or within the body", async () => {
    const silent = await serve(() => {});
    await expect(localRequests.send(silent, { timeoutMs: 200 })).rejects.toThrow("no answer within 0.2 s");
    const slow = await serve((_request, response) => void response.write("a"));
    await expect(localRequests.send(slow, { timeoutMs: 200 })).rejects.toThrow("no answer within 0.2 s");
  });

  it("stops when aborted, with the reason it was aborted for", async () => {
    const abort = new AbortController();
    const url = await serve(() => abort.abort(new Error("cancelled by root")));
    await expect(localRequests.send(url, { timeoutMs, signal: abort.signal })).rejects.toThrow("cancelled by root");
  });

  it("says in words why there was no answer", async () => {
    const closed = net.createServer().listen(0, "127.0.0.1");
    const refused = await listening(closed);
    await new Promise((resolve) => closed.close(resolve));
    await expect(localRequests.send(refused, { timeoutMs })).rejects.toMatchObject({
      name: "StepFailed",
      message: "connection refused",
    });
    await expect(localRequests.send(refused.replace("127.0.0.1", "localhost"), { timeoutMs })).rejects.toThrow(
      "connection refused",
    );
    await expect(localRequests.send("http://no-such-host.invalid/", { timeoutMs })).rejects.toThrow(
      /no host of that name|could not be looked up/,
    );

    const rude = net.createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    const babble = net.createServer((socket) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")).listen(0, "127.0.0.1");
    onTestFinished(() => void [rude, babble].map((server) => server.close()));
    await expect(localRequests.send(await listening(rude), { timeoutMs })).rejects.toThrow("closed without an answer");
    const notHttp = await listening(babble);
    await expect(localRequests.send(notHttp, { timeoutMs })).rejects.toThrow("the answer is not HTTP");
    await expect(localRequests.send(notHttp.replace("http:", "https:"), { timeoutMs })).rejects.toThrow(
      "no TLS is spoken there",
    );
  });

  it("does not talk to a server whose certificate nobody vouches for", async () => {
    const folder = scratchFolder();
    const [key, certificate] = [join(folder, "key"), join(folder, "certificate")];
    const make = [
      "req",
      "-x509",
      "-newkey",
      "rsa:2048",
      "-nodes",
      "-subj",
      "/CN=127.0.0.1",
      "-keyout",
      key,
      "-out",
      certificate,
    ];
    execFileSync("openssl", make, { stdio: "ignore" });
    const server = https
      .createServer({ key: readFileSync(key), cert: readFileSync(certificate) })
      .listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    const url = (await listening(server)).replace("http:", "https:");
    await expect(localRequests.send(url, { timeoutMs })).rejects.toThrow("its certificate is self-signed");
  });

  it.each(["ftp://example.com/", "file:///etc/passwd", "127.0.0.1:80", ""])("refuses %j", async (url) => {
    await expect(localRequests.send(url, { timeoutMs })).rejects.toThrow("no http or https URL");
  });
});
