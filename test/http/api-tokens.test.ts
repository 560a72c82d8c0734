import { statSync } from "node:fs";
import Database from "better-sqlite3";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

interface Made {
  readonly token: string;
  readonly id: string;
}

async function makeToken(scenario: Scenario, ...options: readonly string[]): Promise<Made> {
  const made = await scenario.fraisier("token", "create", "--json", ...options);
  expect(made).toMatchObject({ exitCode: 0 });
  return JSON.parse(made.stdout) as Made;
}

async function ask(
  { url }: Scenario,
  path: string,
  token: string | undefined,
  method = "GET",
): Promise<{ status: number; headers: Headers; body: unknown }> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}/api/v1${path}`, { method, headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text === "" ? "" : (JSON.parse(text) as unknown) };
}

function change({ folder }: Scenario, sql: string, ...values: readonly string[]): void {
  const database = new Database(join(folder, "fraisier.db"));
  database.prepare(sql).run(...values);
  database.close();
}

describe("the doors of the API", () => {
  it("open for a token alone, and say why they stay closed", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const { token, id } = await makeToken(scenario, "--name", "ci", "--scope", "deploy", "--fraise", "shop");
    expect(token).toMatch(/^frz_[0-9a-z]{13}_[\w-]{43}$/);

    expect(await ask(scenario, "/whoami", token)).toMatchObject({
      status: 200,
      body: { caller: "token ci", scope: "deploy", fraises: ["shop"], environments: [] },
    });

    const without = await ask(scenario, "/whoami", undefined);
    expect(without).toMatchObject({ status: 401, body: { code: "token_missing", title: "this needs a token" } });
    expect(without.headers.get("content-type")).toBe("application/problem+json");
    expect(without.headers.get("www-authenticate")).toBe('Bearer realm="fraisier"');
    // A stranger does not learn which paths there are.
    expect((await ask(scenario, "/nothing", undefined)).status).toBe(401);
    expect((await ask(scenario, "/whoami", undefined, "OPTIONS")).status).toBe(401);

    for (const wrong of [`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`, "frz_x", "sesame"]) {
      const answer = await ask(scenario, "/whoami", wrong);
      expect(answer).toMatchObject({ status: 401, body: { code: "token_unknown" } });
      expect(answer.headers.get("www-authenticate")).toContain('error="invalid_token"');
    }

    expect(await ask(scenario, "/nothing", token)).toMatchObject({ status: 404, body: { code: "not_found" } });
    expect((await ask(scenario, "/whoami", token, "HEAD")).status).toBe(200);
    const post = await ask(scenario, "/whoami", token, "POST");
    expect(post).toMatchObject({ status: 405, body: { code: "method_not_allowed" } });
    expect(post.headers.get("allow")).toBe("GET, HEAD, OPTIONS");
    expect((await ask(scenario, "/whoami", token, "OPTIONS")).headers.get("allow")).toBe("GET, HEAD, OPTIONS");

    change(scenario, "update tb_api_token set expires_at = '2026-01-01T00:00:00.000Z' where id = ?", id);
    const expired = await ask(scenario, "/whoami", token);
    expect(expired).toMatchObject({
      status: 401,
      body: { code: "token_expired", title: "token ci has expired at 2026-01-01T00:00:00.000Z" },
    });
    expect(expired.headers.get("www-authenticate")).toContain('error_description="token ci has expired"');

    expect((await scenario.fraisier("token", "revoke", "ci")).exitCode).toBe(0);
    expect(await ask(scenario, "/whoami", token)).toMatchObject({ status: 401, body: { code: "token_revoked" } });
    expect(scenario.daemonLog()).not.toContain(token.slice(18));
    expect(scenario.daemonLog()).not.toContain("sesame");
    await scenario.stop();
  });

  it("refuse a write with a token that may only read", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const { token } = await makeToken(scenario, "--name", "board", "--scope", "read");
    const answer = await ask(scenario, "/whoami", token, "POST");
    expect(answer).toMatchObject({
      status: 403,
      body: { code: "scope_missing", title: "token board has the scope read, and this needs deploy" },
    });
    expect(answer.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
    await scenario.stop();
  });

  it("slow down an address that sends wrong tokens, and not a right token from there", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const { token } = await makeToken(scenario, "--name", "ci", "--scope", "read");
    const statuses = [];
    for (let i = 0; i < 11; i++) statuses.push((await ask(scenario, "/whoami", `frz_${i}`)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    expect((await ask(scenario, "/whoami", token)).status).toBe(200);
    await scenario.stop();
  });

  it("write down the last use of a token once a minute", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const { token, id } = await makeToken(scenario, "--name", "ci", "--scope", "read");
    const lastUse = async (): Promise<string | undefined> => (await scenario.store.tokens.list())[0]?.lastUsedAt;
    expect(await lastUse()).toBeUndefined();
    await ask(scenario, "/whoami", token);
    await expect.poll(lastUse).toBeDefined();
    const first = await lastUse();
    await ask(scenario, "/whoami", token);
    await ask(scenario, "/whoami", token);
    expect(await lastUse()).toBe(first);
    const before = new Date(Date.now() - 61_000).toISOString();
    change(scenario, "update tb_api_token set last_used_at = ? where id = ?", before, id);
    await ask(scenario, "/whoami", token);
    await expect.poll(lastUse).not.toBe(before);
    await scenario.stop();
  });
});

describe("fraisier token", () => {
  it("lists tokens without anything that opens a door, and keeps only a hash", async () => {
    const scenario = await createScenario();
    const { token, id } = await makeToken(scenario, "--name", "ci", "--scope", "deploy", "--fraise", "shop");
    const { stdout } = await scenario.fraisier("token", "list", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      tokens: [{ id, name: "ci", scope: "deploy", fraises: ["shop"], last_used_at: null, state: "active" }],
    });
    expect(stdout).not.toContain(token.slice(18));
    const text = await scenario.fraisier("token", "list");
    expect(text.stdout).toMatch(/ci +active +deploy +shop +never/);
    const file = join(scenario.folder, "fraisier.db");
    expect(statSync(file).size).toBeGreaterThan(0);
    expect(await scenario.program("sh", "-c", `cat ${file} ${file}-wal | grep -cF -e ${token.slice(18)} || true`)).toBe(
      "0\n",
    );
  });

  it("refuses what would make a useless token, and says what there is", async () => {
    const scenario = await createScenario();
    const refused = async (...options: readonly string[]): Promise<string> => {
      const { exitCode, stderr } = await scenario.fraisier("token", "create", ...options);
      expect(exitCode).toBe(2);
      return stderr;
    };
    expect(await refused("--scope", "read")).toContain("a token needs a name");
    expect(await refused("--name", "ci")).toContain("a token needs a scope");
    expect(await refused("--name", "ci", "--scope", "root")).toContain("read, deploy, admin");
    expect(await refused("--name", "ci", "--scope", "read", "--fraise", "shpo")).toContain("Did you mean shop?");
    expect(await refused("--name", "ci", "--scope", "read", "--expires", "soon")).toContain("write 30m, 12h or 90d");
    await makeToken(scenario, "--name", "ci", "--scope", "read", "--expires", "never");
    expect(await refused("--name", "ci", "--scope", "read")).toContain("there is a token called ci already");
  });

  it("ends a token by its name or its id; the name is free again", async () => {
    const scenario = await createScenario();
    const first = await makeToken(scenario, "--name", "ci", "--scope", "read");
    expect(await scenario.fraisier("token", "revoke", "ci")).toMatchObject({ exitCode: 0 });
    expect((await scenario.fraisier("token", "revoke", first.id)).stderr).toContain("is revoked already");
    const second = await makeToken(scenario, "--name", "ci", "--scope", "read");
    expect(await scenario.fraisier("token", "revoke", second.id)).toMatchObject({ exitCode: 0 });
    const missing = await scenario.fraisier("token", "revoke", "cd");
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("there is no token cd") });
    const states = (await scenario.store.tokens.list()).map(({ state, revokedBy }) => [state, revokedBy !== undefined]);
    expect(states).toEqual([
      ["revoked", true],
      ["revoked", true],
    ]);
  });
});
