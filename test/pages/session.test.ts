import Database from "better-sqlite3";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { formWordIn, makeToken, signIn, visitor } from "../helpers/dashboard.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

function change({ folder }: Scenario, sql: string, ...values: readonly string[]): void {
  const database = new Database(join(folder, "fraisier.db"));
  database.prepare(sql).run(...values);
  database.close();
}

describe("a session of the dashboard", () => {
  it("is needed for every page, and leads back to the page that was asked for", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const stranger = visitor(scenario);
    expect((await stranger.get("/")).headers.get("location")).toBe("/sign-in");
    const asked = await stranger.get("/?q=shop&show=live");
    expect(asked.status).toBe(303);
    expect(asked.headers.get("location")).toBe("/sign-in?to=%2F%3Fq%3Dshop%26show%3Dlive");
    expect(await asked.text()).not.toContain("shop/production");
    // A stranger does not learn which other paths there are.
    expect((await stranger.get("/nothing")).status).toBe(404);

    const token = await makeToken(scenario, "--name", "ann", "--scope", "read");
    const answer = await stranger.post("/sign-in", { token, to: "/?q=shop&show=live" });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/?q=shop&show=live");
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^fraisier-\d+=[\w-]{43}; Max-Age=604\d{3}; Path=\/; HttpOnly; SameSite=Lax$/);
    for (const elsewhere of [
      "//evil.example/",
      "https://evil.example/",
      "/\\evil.example",
      "/%09/evil.example",
      "javascript:alert(1)",
      "/sign-out",
    ]) {
      const location = (await stranger.post("/sign-in", { token, to: elsewhere })).headers.get("location") ?? "";
      expect(new URL(location, scenario.url).origin).toBe(scenario.url);
      expect(location).not.toMatch(/^\/[/\\]/);
    }

    const ann = visitor(scenario, cookie.split(";")[0]);
    const board = await ann.get("/");
    expect(board.status).toBe(200);
    expect(await board.text()).toContain("token ann");
    expect((await ann.get("/sign-in?to=/?q=x")).headers.get("location")).toBe("/?q=x");
    // The secret itself is in no file.
    const secret = cookie.split(/[=;]/)[1] ?? "";
    expect(
      JSON.stringify(new Database(join(scenario.folder, "fraisier.db")).prepare("select * from tb_session").all()),
    ).not.toContain(secret);
    expect(scenario.daemonLog()).not.toContain(secret);
    await scenario.stop();
  });

  it("has a cookie for this host and TLS alone if the dashboard is asked from another machine", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const token = await makeToken(scenario, "--name", "ann", "--scope", "read");
    const answer = await asBrowser(scenario, "deploy.example.com", "https://deploy.example.com", token);
    expect(answer.status).toBe(303);
    expect(answer.cookie).toMatch(/^__Host-fraisier=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    // The token was readable on the way: the page says so and begins no session.
    const plain = await asBrowser(scenario, "deploy.example.com", "http://deploy.example.com", token);
    expect(plain).toMatchObject({ status: 403, cookie: undefined });
    expect(plain.text).toContain("This connection is not encrypted.");
    const foreign = await asBrowser(scenario, "deploy.example.com", "https://evil.example", token);
    expect(foreign).toMatchObject({ status: 403, cookie: undefined });
    await scenario.stop();
  });

  it("ends with its token, with its time, and by signing out", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const [first, second, third] = [
      await makeToken(scenario, "--name", "first", "--scope", "read"),
      await makeToken(scenario, "--name", "second", "--scope", "read", "--expires", "1d"),
      await makeToken(scenario, "--name", "third", "--scope", "read"),
    ];
    const revoked = await signIn(scenario, first);
    expect((await revoked.get("/")).status).toBe(200);
    await scenario.fraisier("token", "revoke", "first");
    expect((await revoked.get("/")).headers.get("location")).toBe("/sign-in");

    const outlived = await signIn(scenario, second);
    change(scenario, "update tb_api_token set expires_at = '2026-01-01T00:00:00.000Z' where name = 'second'");
    expect((await outlived.get("/")).status).toBe(303);

    const late = await signIn(scenario, third);
    change(scenario, "update tb_session set expires_at = '2026-01-01T00:00:00.000Z'");
    expect((await late.get("/")).status).toBe(303);

    const ann = await signIn(scenario, third);
    const word = formWordIn(await (await ann.get("/")).text());
    expect((await ann.post("/sign-out", {})).status).toBe(403);
    expect((await ann.post("/sign-out", { form_word: word }, { origin: "https://evil.example" })).status).toBe(403);
    expect((await ann.post("/sign-out", { form_word: word }, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await ann.get("/")).status).toBe(200);
    const out = await ann.post("/sign-out", { form_word: word });
    expect(out.headers.get("location")).toBe("/sign-in");
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await ann.get("/")).status).toBe(303);
    await scenario.stop();
  });

  it("is not begun by wrong tokens, which slow their address down as in the API", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const stranger = visitor(scenario);
    const statuses: number[] = [];
    for (let i = 0; i < 11; i++) statuses.push((await stranger.post("/sign-in", { token: `frz_${i}` })).status);
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429]);
    const hostile = await stranger.post("/sign-in", { token: "x", to: '/"><script>alert(1)</script>' });
    expect(await hostile.text()).not.toContain("<script>alert");
    await scenario.stop();
  });

  it("reads the API as its token does, and writes nothing there", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const token = await makeToken(scenario, "--name", "ann", "--scope", "deploy");
    change(scenario, "update tb_api_token set fraises = '[\"other\"]'");
    const ann = await signIn(scenario, token);
    const answer = await ann.get("/api/v1/targets");
    expect(await answer.json()).toMatchObject({ targets: [] });
    const lock = await fetch(`${scenario.url}/api/v1/lock`, {
      method: "POST",
      headers: { cookie: ann.cookie, "content-type": "application/json" },
      body: JSON.stringify({ target: "other/production", reason: "x" }),
    });
    expect(lock.status).toBe(401);
    const board = await (await ann.get("/")).text();
    expect(board).not.toContain("shop");
    await scenario.stop();
  });
});

describe("every page of the dashboard", () => {
  it("runs no foreign script, stands in no frame, stays in no cache, and is compressed", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const ann = await signIn(scenario, await makeToken(scenario, "--name", "ann", "--scope", "read"));
    for (const [who, path] of [
      [ann, "/"],
      [visitor(scenario), "/"],
      [visitor(scenario), "/sign-in"],
    ] as const) {
      const { headers } = await who.get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("same-origin");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
    const board = await ann.get("/");
    expect(board.headers.get("content-encoding")).toBe("gzip");
    const text = await board.text();
    expect(text).not.toMatch(/<script(?! src="\/assets\/)|<style|\sstyle=|\son\w+=/);
    const named = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(named.length).toBeGreaterThan(2);
    for (const path of named) {
      const asset = await visitor(scenario).get(path);
      expect(asset.status).toBe(200);
      expect(asset.headers.get("cache-control")).toContain("immutable");
    }
    await scenario.stop();
  });
});

/** fetch() does not let its callers choose the Host header. */
async function asBrowser(
  { url }: Scenario,
  host: string,
  origin: string,
  token: string,
): Promise<{ status: number | undefined; cookie: string | undefined; text: string }> {
  const { request } = await import("node:http");
  return await new Promise((resolve, reject) => {
    const asked = request(
      `${url}/sign-in`,
      { method: "POST", headers: { host, origin, "content-type": "application/x-www-form-urlencoded" } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => (text += part));
        answer.on("end", () => resolve({ status: answer.statusCode, cookie: answer.headers["set-cookie"]?.[0], text }));
      },
    );
    asked.once("error", reject);
    asked.end(new URLSearchParams({ token }).toString());
  });
}
