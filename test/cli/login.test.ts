import { createServer } from "node:http";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer as createProxy } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { askedDoor, isElsewhere } from "../../src/cli/server/asked-door.ts";
import { writeContexts } from "../../src/cli/server/contexts.ts";
import { serverUrl } from "../../src/cli/server/server-url.ts";
import { createScenario, freePort } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

async function tokenOf(scenario: Scenario, ...options: readonly string[]): Promise<string> {
  const made = await scenario.fraisier("token", "create", "--json", ...options);
  return (JSON.parse(made.stdout) as { token: string }).token;
}

/** A port of this machine on which a server always answers the same. */
async function answering(status: number, headers: Readonly<Record<string, string>>, text: string) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(String(request.headers.authorization));
    response.writeHead(status, headers).end(text);
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${port}`, asked };
}

describe("logging in", () => {
  it("keeps a token that the server accepts, for this person alone, and commands ask that server until told otherwise", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const token = await tokenOf(scenario, "--name", "ann", "--scope", "read");
    const file = join(temporaryFolder(), "settings", "contexts.json");
    scenario.with({ FRAISIER_CONTEXTS: file });
    const wrong = await scenario.fraisierReads("frz_wrong\n", "login", scenario.url);
    expect(wrong).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("fraisier: this is no token of this fraisier\nhint: "),
    });
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();

    const login = await scenario.fraisierReads(`${token}\n`, "login", scenario.url, "--name", "production");
    expect(login).toMatchObject({ exitCode: 0, stderr: "" });
    expect(login.stdout).toContain(`You are token ann at ${scenario.url}, with the scope read.`);
    expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
    expect((statSync(join(file, "..")).mode & 0o777).toString(8)).toBe("700");

    // Neither the terminal nor --json shows a token.
    const list = await scenario.fraisier("context", "--json");
    expect(JSON.parse(list.stdout)).toEqual({
      contexts: [
        { name: "host", url: null, in_use: false },
        { name: "production", url: scenario.url, in_use: true },
      ],
    });
    expect(await scenario.fraisier("status")).toMatchObject({
      exitCode: 0,
      stderr: `fraisier asks ${scenario.url} (context production)\n`,
    });
    expect(await scenario.fraisier("status", "--context", "host")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await scenario.fraisier("status", "--context", "prodution")).toMatchObject({
      exitCode: 2,
      stderr: "fraisier: there is no context prodution\nhint: Did you mean production? There are production.\n",
    });
    expect(await scenario.fraisier("lock", "--all", "--reason", "x")).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("fraisier: token ann has the scope read, and this needs deploy\n"),
    });
    expect(await scenario.fraisier("doctor", "--context", "production")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("fraisier: this command works only on the machine of fraisier itself\n"),
    });

    expect(await scenario.fraisier("context", "use", "host")).toMatchObject({ exitCode: 0 });
    expect(await scenario.fraisier("status")).toMatchObject({ exitCode: 0, stderr: "" });
    await scenario.stop();
    expect(await scenario.fraisier("status", "--context", "production")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(/fraisier: http:\/\/127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/),
    });
    chmodSync(file, 0o644);
    expect(await scenario.fraisier("status")).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining("other users of this machine can read or change it\nhint: "),
    });
    chmodSync(file, 0o600);
    expect(await scenario.fraisier("logout", "production")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file, "utf8")).not.toContain(token);
  });

  it("sends no token over http:// to another machine, and none after a redirect", async () => {
    expect(() => serverUrl("http://deploy.example.com", "the address")).toThrow(/http:\/\/ would show the token/);
    expect(() => serverUrl("https://deploy.example.com/webhook/git", "FRAISIER_URL")).toThrow(/has a path/);
    expect(() => serverUrl("https://ann:secret@deploy.example.com", "the address")).toThrow(/more than an address/);
    expect(serverUrl("https://deploy.example.com/", "the address")).toBe("https://deploy.example.com");
    expect(serverUrl("http://[::1]:8080", "the address")).toBe("http://[::1]:8080");
    const scenario = await createScenario();
    const thief = await answering(200, { "content-type": "application/json" }, "{}");
    const moved = await answering(302, { location: `${thief.url}/api/v1/targets` }, "");
    scenario.with({ FRAISIER_URL: moved.url, FRAISIER_TOKEN: "frz_secret" });
    const { exitCode, stderr } = await scenario.fraisier("status");
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("sends requests on to"),
    });
    expect([moved.asked.length, thief.asked]).toEqual([1, []]);
  });

  it("says of a proxy, of another program and of a newer fraisier what they are", async () => {
    const scenario = await createScenario();
    const said = async (status: number, type: string, text: string): Promise<string> => {
      const { url } = await answering(status, { "content-type": type }, text);
      scenario.with({ FRAISIER_URL: url, FRAISIER_TOKEN: "frz_secret" });
      const { exitCode, stderr } = await scenario.fraisier("webhooks");
      expect(exitCode).toBe(3);
      return stderr;
    };
    expect(await said(502, "text/html", "<h1>Bad Gateway</h1>")).toContain("cannot reach fraisier (status 502)");
    expect(await said(200, "text/html", "<h1>It works!</h1>")).toContain("does not answer as fraisier does");
    expect(await said(200, "application/json", '{"version": 2, "deliveries": [], "next": null}')).toContain(
      "this fraisier does not understand the answer of",
    );
    // Keys may be added to a document.
    const { url } = await answering(
      200,
      { "content-type": "application/json" },
      '{"version": 1, "deliveries": [], "next": null, "more": true}',
    );
    expect(await scenario.with({ FRAISIER_URL: url }).fraisier("webhooks")).toMatchObject({ exitCode: 0 });
  });

  it("has an act carried out once, though the answer to it was lost on the way", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const token = await tokenOf(scenario, "--name", "ci", "--scope", "deploy");
    let connections = 0;
    const proxy = createProxy((client) => {
      connections += 1;
      const isCut = connections === 1;
      const daemon = connect(Number(new URL(scenario.url).port), "127.0.0.1");
      daemon
        .on("error", () => client.destroy())
        .on("data", (bytes) => void (isCut ? client.destroy() : client.write(bytes)));
      daemon.on("end", () => client.end());
      client.on("error", () => daemon.destroy()).pipe(daemon);
    });
    const port = await freePort();
    await new Promise<void>((resolve) => proxy.listen(port, "127.0.0.1", resolve));
    onTestFinished(() => void proxy.close());
    scenario.with({ FRAISIER_URL: `http://127.0.0.1:${port}`, FRAISIER_TOKEN: token });
    const { exitCode, stdout } = await scenario.fraisier("lock", "--all", "--reason", "database move", "--json");
    expect({ exitCode, replaced: (JSON.parse(stdout) as { replaced: unknown }).replaced, connections }).toEqual({
      exitCode: 0,
      replaced: null,
      connections: 2,
    });
    await scenario.stop();
  });

  it("goes before the context in use with FRAISIER_URL, and --config and --context go before both", () => {
    const file = join(temporaryFolder(), "contexts.json");
    process.env["FRAISIER_CONTEXTS"] = file;
    onTestFinished(() => void (process.env["FRAISIER_CONTEXTS"] = "/nowhere/contexts.json"));
    writeContexts({
      current: "production",
      servers: { production: { url: "https://deploy.example.com", token: "frz_a" } },
    });
    const because = (options: object, env: Readonly<Record<string, string>> = {}): string | undefined =>
      askedDoor(options, env)?.because;
    const variables = { FRAISIER_URL: "https://ci.example.com", FRAISIER_TOKEN: "frz_b" };
    expect(because({})).toBe("context production");
    expect(because({}, variables)).toBe("FRAISIER_URL");
    expect(because({ config: "fraises.yaml" }, variables)).toBeUndefined();
    expect(because({ context: "production" }, variables)).toBe("context production");
    expect(because({ context: "host" }, variables)).toBeUndefined();
    expect(() => because({ context: "production", config: "fraises.yaml" })).toThrow(/only one makes sense/);
    expect(() => because({}, { FRAISIER_URL: "https://ci.example.com" })).toThrow(/there is no token for it/);
    expect(isElsewhere({}, {})).toBe(false);
    expect(isElsewhere({}, variables)).toBe(true);
    writeFileSync(file, "{");
    expect(() => because({})).toThrow(/is not as fraisier writes it/);
  });
});
