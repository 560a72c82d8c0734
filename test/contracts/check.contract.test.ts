import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checks } from "../../src/checks/index.ts";
import type { Service } from "../../src/service-managers/service-manager.ts";
import { runChecks, webServer } from "../helpers/checks.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** What the contract asks of each kind: a check that passes, one that fails with these words, on real parts. Each member has a line here. */
interface Member {
  /** With `web`: a server whose page is all right, whose /broken answers 500, and whose /hole links to what is not there. */
  passes(web: string): string;
  fails(web: string): readonly [check: string, seen: RegExp];
}

const members: Readonly<Record<string, Member>> = {
  http: {
    passes: () => "{ type: http, path: / }",
    fails: () => ["{ type: http, path: /broken }", /answers 500, not 200/],
  },
  links: {
    passes: () => "{ type: links, path: / }",
    fails: () => ["{ type: links, path: /hole }", /\/nowhere answers 404 \(linked from \/hole\)/],
  },
  command: {
    passes: () => "{ type: command, command: [echo, good] }",
    fails: () => ["{ type: command, command: 'echo no; exit 3' }", /ended with exit code 3, not 0; it said: no/],
  },
  sql: {
    passes: () => `{ type: sql, url: "sqlite:${database()}", query: select 1, value: 1 }`,
    fails: () => [`{ type: sql, url: "sqlite:${database()}", query: select 1, value: 2 }`, /1, not 2/],
  },
  service: {
    passes: (web) => `{ type: service, port: ${new URL(web).port} }`,
    fails: () => ["{ type: service, port: 1 }", /nothing listens on port 1/],
  },
  log: {
    passes: () => "{ type: log, pattern: panic }",
    fails: () => ["{ type: log, pattern: never }", /1 line of 2 in trouble, the first: it never fails/],
  },
};

describe("the list of checks", () => {
  it("has evidence for each in this test", () => {
    const without = checks.map(({ type }) => type).filter((type) => !(type in members));
    if (without.length > 0)
      expect.fail(
        `the check ${without.join(", ")} has no line in "members" of test/contracts/check.contract.test.ts: docs/adding-a-check.md shows one`,
      );
    expect(Object.keys(members)).toHaveLength(checks.length);
  });
});

describe.each(Object.entries(members))("check %s", (type, member) => {
  it("passes where all is well, and says what it saw", async () => {
    const baseUrl = await web();
    const [result] = await runChecks([member.passes(baseUrl)], { baseUrl, service });
    expect(result).toMatchObject({ type, status: "passed", seen: expect.stringMatching(/./) });
    expect(result?.durationMs).toBeGreaterThanOrEqual(0);
  });

  it("fails where it is not, and says what it saw instead", async () => {
    const baseUrl = await web();
    const [check, seen] = member.fails(baseUrl);
    const [result] = await runChecks([check], { baseUrl, service });
    expect(result).toMatchObject({ status: "failed", seen: expect.stringMatching(seen) });
  });

  it("only warns where it is told to, and has the name it is given", async () => {
    const baseUrl = await web();
    const [check] = member.fails(baseUrl);
    const [result] = await runChecks([check.replace("{", "{ name: mine, on_failure: warn,")], { baseUrl, service });
    expect(result).toMatchObject({ status: "warned", name: "mine" });
  });

  it("names itself by what it looks at", async () => {
    const baseUrl = await web();
    const [result] = await runChecks([member.passes(baseUrl)], { baseUrl, service });
    expect(result?.name.length).toBeGreaterThan(5);
    expect(result?.name).not.toContain("undefined");
  });

  it("refuses a key that is none of its own, at its place", async () => {
    const baseUrl = await web();
    const broken = member.passes(baseUrl).replace("{", "{ brnach: 1,");
    await expect(runChecks([broken], { baseUrl })).rejects.toMatchObject({
      problems: [expect.objectContaining({ line: 14, message: expect.stringContaining('unknown key "brnach"') })],
    });
  });

  it("ends when it is interrupted, and is not taken for a failure", async () => {
    const baseUrl = await web();
    const signal = AbortSignal.abort(new Error("cancelled"));
    await expect(runChecks([member.passes(baseUrl)], { baseUrl, service, signal })).rejects.toThrow("cancelled");
  });
});

/** A service that says two lines; the real managers have a contract of their own. */
const service: Service = {
  name: "toy",
  restart: async () => undefined,
  stop: async () => undefined,
  state: async () => ({
    up: true,
    changing: false,
    failed: false,
    isActive: true,
    restarts: 0,
    mainPid: 1,
    description: "active (running)",
  }),
  recentOutput: async () => ["it starts", "it never fails"],
  obstacles: async () => [],
  codeOrigin: async () => undefined,
};

async function web(): Promise<string> {
  return await webServer((request, response) => {
    response.setHeader("content-type", "text/html");
    if (request.url === "/broken") response.statusCode = 500;
    if (request.url === "/nowhere") response.statusCode = 404;
    response.end(request.url === "/hole" ? '<a href="nowhere">x</a>' : '<a href="/other">x</a>');
  });
}

function database(): string {
  const file = join(temporaryFolder(), "shop.db");
  execFileSync("sqlite3", [file, "create table plans (name text, paid integer, note text)"]);
  return file;
}
