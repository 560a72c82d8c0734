import { describe, expect, it } from "vitest";
import { runCheck, runChecks, webServer } from "../helpers/checks.ts";

describe("an http check", () => {
  it("compares status, headers, body, JSON and the redirect's target", async () => {
    const baseUrl = await webServer((request, response) => {
      if (request.url === "/old") return response.writeHead(301, { location: "/new?x=1" }).end();
      response.setHeader("Content-Type", "application/json; charset=utf-8");
      return response.end('{"status":"ok","count":3,"checks":[{"level":0},{"level":1}],"none":null}');
    });
    const run = (check: string): Promise<string> => runCheck(`{ type: http, ${check} }`, { baseUrl });
    expect(await run('path: /, contains: "\\"ok\\"", lacks: [trace, panic]')).toMatch(
      /^passed: answers 200 in \d+ ms$/,
    );
    expect(await run("path: /, contains: [ok, fine, good], lacks: count")).toBe(
      'failed: the body lacks "fine"; the body lacks "good"; the body contains "count"',
    );
    expect(await run("path: /, headers: { content-type: Application/JSON, X-Powered-By: false, date: true }")).toMatch(
      /^passed/,
    );
    expect(await run("path: /, headers: { Content-Type: text/html, Server: true, Date: false }")).toMatch(
      /^failed: the header Content-Type is "application\/json; charset=utf-8", not "text\/html"; lacks the header Server; has the header Date: /,
    );
    expect(await run('path: /, json: { "$.status": ok, $.count: 3, "$.checks[*].level": 1, $.none: null }')).toMatch(
      /^passed/,
    );
    expect(await run('path: /, json: { "$.status": down, "$.checks[*].level": 7, $.nothing: 1 }')).toBe(
      'failed: $.status is "ok", not "down"; $.checks[*].level is 0, 1, not 7; $.nothing is not there, not 1',
    );
    expect(await run("path: /old, redirect: '/new?x=1'")).toMatch(/^passed: answers 301/);
    expect(await run(`path: /old, redirect: ${baseUrl}/new?x=1`)).toMatch(/^passed/);
    expect(await run("path: /old, status: 302, redirect: /elsewhere")).toBe(
      "failed: answers 301, not 302; redirects to /new?x=1, not /elsewhere",
    );
    expect(await run("path: /, redirect: /new")).toMatch(/answers 200, not 301 or .*; redirects nowhere/);
  });

  it("sends what it is told, secrets among it, and never shows them", async () => {
    let got = "";
    const baseUrl = await webServer((request, response) => {
      request.setEncoding("utf8");
      request.on("data", (chunk: string) => (got += `${request.method} ${request.headers["authorization"]} ${chunk}`));
      request.on("end", () => response.writeHead(201).end());
    });
    const [result] = await runChecks(
      [
        `{ type: http, method: POST, path: /, status: [200, 201], request: { headers: { Authorization: "Bearer \${TOKEN}" }, body: '{"a":1}' } }`,
      ],
      { baseUrl, variables: { TOKEN: "s3cret-token" } },
    );
    expect(got).toBe('POST Bearer s3cret-token {"a":1}');
    expect(result?.status).toBe("passed");
    expect(JSON.stringify(result)).not.toContain("s3cret-token");
  });

  it("has a name without the password of its URL, and logs in with it", async () => {
    let got: string | undefined;
    const url = (
      await webServer((request, response) => {
        got = request.headers.authorization;
        response.end();
      })
    ).replace("//", "//ann:s3cret-word@");
    const [result] = await runChecks([`{ type: http, url: "${url}/x" }`]);
    expect(result).toMatchObject({ status: "passed", name: expect.stringMatching(/^GET http:\/\/127.0.0.1:\d+\/x/) });
    expect(got).toBe(`Basic ${Buffer.from("ann:s3cret-word").toString("base64")}`);
  });

  it("fails where nobody answers, where the answer comes late, and where it never ends", async () => {
    expect(await runCheck("{ type: http, path: / }")).toBe("failed: no answer: connection refused");
    const baseUrl = await webServer((request, response) => {
      response.write("<p>");
      if (request.url === "/slow") setTimeout(() => response.end(), 120);
    });
    expect(await runCheck("{ type: http, path: /slow, within: 50ms }", { baseUrl })).toMatch(
      /^failed: took \d+ ms, more than 50$/,
    );
    expect(await runCheck("{ type: http, path: /endless, timeout: 200ms }", { baseUrl })).toBe(
      "failed: no answer: no answer within 0.2 s",
    );
  });

  it("reads a body that is no JSON, or of a gigabyte, for what it is", async () => {
    const baseUrl = await webServer((request, response) => {
      if (request.url === "/text") return response.end("<html>");
      const flood = (): void => {
        while (response.write("x".repeat(65_536)));
        response.once("drain", flood);
      };
      return flood();
    });
    expect(await runCheck("{ type: http, path: /text, json: { $.a: 1 } }", { baseUrl })).toBe(
      "failed: the body is no JSON",
    );
    expect(await runCheck("{ type: http, path: /flood, lacks: y }", { baseUrl })).toMatch(/^passed/);
  });
});
