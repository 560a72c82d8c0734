import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { takeOutSecrets } from "../../src/config/edit/take-out-secrets.ts";
import { checkSecrets, daemonVariables, secretValues } from "../../src/config/secrets/secrets.ts";
import { showConfig } from "../../src/config/show.ts";
import { commandEnvironment } from "../../src/config/secrets/command-environment.ts";
import { receiverState } from "../../src/doctor/traces.ts";
import { complaints, parse } from "../helpers/parse-fraises.ts";

function text(traces: string, build = ""): string {
  return `git: { github: { webhook_secret: 0123456789abcdef } }
server:
  traces: ${traces}
fraises:
  shop:
    type: api
    repository: acme/shop
    environments: { production: { branch: main, app_path: /srv/shop${build} } }
`;
}

const TOKEN =
  '{ url: "http://collector:4318", headers: { Authorization: "Bearer ${TRACES_TOKEN}", X-Tenant: production } }';

describe("server.traces", () => {
  it("takes the root of a receiver for its path of traces, and any other URL as it is", () => {
    expect(parse(text(TOKEN)).server.traces).toMatchObject({ url: "http://collector:4318/v1/traces", timeout: 10_000 });
    expect(parse(text('{ url: "https://tempo.example.com/otlp/v1/traces?a=b" }')).server.traces?.url).toBe(
      "https://tempo.example.com/otlp/v1/traces?a=b",
    );
    expect(parse(text("{ url: 'http://h' }")).server.traces?.headers).toEqual({});
  });

  it("refuses what is no URL of http, a password in the URL, and what is no name of a header", () => {
    expect(complaints(text("{ url: 'collector:4317' }"))).toEqual([
      "3:18: server.traces.url: the receiver of traces is named by an http or https URL, http://127.0.0.1:4318",
    ]);
    expect(complaints(text("{ url: 'http://ann:pw@collector' }"))[0]).toContain("write a header authorization");
    expect(complaints(text("{ url: 'http://collector', headers: { 'a b': c } }")).length).toBe(1);
  });

  it("keeps the values of headers from everything that is shown, logged, kept or deployed, but not the words of a tenant", () => {
    const config = parse(text(TOKEN), { TRACES_TOKEN: "s3cr3t-token", PATH: "/bin" });
    expect(secretValues(config)).toContain("s3cr3t-token");
    expect(secretValues(config)).not.toContain("production");
    expect(secretValues(config, {}, { webhookSecrets: false })).not.toContain("s3cr3t-token");
    expect(JSON.stringify(showConfig(config))).not.toContain("s3cr3t");
    expect(daemonVariables(config)).toEqual(["TRACES_TOKEN"]);
    const [target] = config.targets;
    expect(target && commandEnvironment(config, target)).toEqual({ PATH: "/bin" });
    const literal = text('{ url: "http://h", headers: { api-key: "s3cr3t-0123456789" } }');
    expect(secretValues(parse(literal))).toContain("s3cr3t-0123456789");
    const kept = takeOutSecrets(literal, families);
    expect(kept.text).not.toContain("s3cr3t");
    expect(kept.secrets).toEqual({});
  });

  it("names a variable that is not set, and lets no target use one that is the daemon's", () => {
    expect(checkSecrets(parse(text(TOKEN)))).toMatchObject([
      { line: 3, message: "the environment variable TRACES_TOKEN is not set" },
    ]);
    const borrowed = text(TOKEN, ', health_check: { url: "http://h/?t=${TRACES_TOKEN}" }');
    expect(complaints(borrowed, { TRACES_TOKEN: "x" })).toEqual([]);
    const database = text(TOKEN, ', database: { tool: sql, url: "postgres://${TRACES_TOKEN}@h/d", migrations: m }');
    expect(complaints(database, { TRACES_TOKEN: "x" }).join()).toContain(
      "TRACES_TOKEN holds a secret of server.traces",
    );
  });
});

describe("the doctor's request without spans", () => {
  it("tells other credentials, another path, another format and a receiver in trouble apart", () => {
    const remedy = (status: number): string | undefined =>
      receiverState("http://h/v1/traces", { status, body: "", headers: {}, durationMs: 1 }).remedy;
    expect(remedy(200)).toBeUndefined();
    expect(remedy(401)).toContain("server.traces.headers");
    expect(remedy(404)).toContain("/v1/traces");
    expect(remedy(415)).toContain("JSON");
    expect(remedy(503)).toContain("log");
  });
});
