import { spawn } from "node:child_process";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, dirname } from "node:path";
import { onTestFinished } from "vitest";

/** How a forge answers one request: like a forge, with a status, by breaking the connection (at once, or in the middle of the answer), or never. */
type Answer = "works" | "resets" | "breaks off" | "hangs" | number;

export interface GitOverHttp {
  readonly url: string;
  /** Every request that came, in order: `GET /shop.git/info/refs?service=git-upload-pack`. */
  readonly requests: string[];
  /** What the next requests get, one after the other; afterwards everything works. */
  next(...answers: readonly Answer[]): void;
}

/** A bare repository behind a real web server and git's own http-backend. */
export async function gitOverHttp(
  bare: string,
  { allow = () => true }: { readonly allow?: (authorization: string | undefined) => boolean } = {},
): Promise<GitOverHttp> {
  const queue: Answer[] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ""} ${request.url ?? ""}`);
    if (!allow(request.headers.authorization)) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="forge"' }).end();
      return;
    }
    const answer = queue.shift() ?? "works";
    if (answer === "hangs") return;
    if (answer === "resets") request.socket.resetAndDestroy();
    else if (answer === "breaks off") {
      response.writeHead(200, {
        "content-type": "application/x-git-upload-pack-advertisement",
        "content-length": "9999",
      });
      response.write("001e# service=git-upload-pack\n0000", () => request.socket.destroy());
    } else if (answer === "works") serve(dirname(bare), request, response);
    else response.writeHead(answer).end("not now");
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/${basename(bare)}`,
    requests,
    next: (...answers) => void queue.push(...answers),
  };
}

/** The CGI protocol, as far as git needs it. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      // The repository may be another user's.
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "safe.directory",
      GIT_CONFIG_VALUE_0: "*",
      REMOTE_USER: "somebody",
      REMOTE_ADDR: "127.0.0.1",
      PATH_INFO: decodeURIComponent(url.pathname),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"] ?? "",
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"] ?? "",
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
    stdio: ["pipe", "pipe", "ignore"],
  });
  backend.stdin.on("error", () => {});
  request.pipe(backend.stdin);
  const chunks: Buffer[] = [];
  backend.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  backend.once("close", () => {
    const whole = Buffer.concat(chunks);
    const end = whole.indexOf("\r\n\r\n");
    const headers = whole.subarray(0, end).toString().split("\r\n");
    for (const header of headers) {
      const [name = "", value = ""] = header.split(/: (.*)/);
      if (name.toLowerCase() === "status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.end(whole.subarray(end + 4));
  });
}
