import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { putSecretsBack } from "../../src/config/edit/put-secrets-back.ts";
import { takeOutSecrets } from "../../src/config/edit/take-out-secrets.ts";
import { parseConfig } from "../../src/config/load.ts";

const TEXT = `# was: s3cr3t-webhook
git:
  provider: github
  github: { webhook_secret: &hook "s3cr3t-webhook" }
  gitlab:
    webhook_secret: [short, "\${FROM_ENV}"]
    signing_token: !file /etc/secret
store: { url: "sqlite:/srv/fraisier.db" }
fraises:
  short:
    type: api # a word that is a secret of gitlab as well
    repository: acme/short
    clone_url: https://s3cr3t-token@git.example.com/acme/short.git
    database: &database
      tool: sql
      url: "postgres://shop:s3cr3t-p@ss@db.example.com/shop?sslmode=require"
    hooks:
      before_deploy:
        - 'curl -H "Authorization: Bearer s3cr3t-bearer" https://chat.example.com/'
        - |
          # not a comment of YAML
          PGPASSWORD='s3cr3t-pg' psql --token s3cr3t-option "$URL"
          echo $TOKEN
    environments:
      production:
        branch: main
        app_path: /srv/short
        verify:
          - type: http
            url: "http://ann:s3cr3t-basic@127.0.0.1/"
            request:
              headers: { X-Key: "s3cr3t-header", X-Other: "\${OTHER}" }
              body: s3cr3t-body
      staging:
        branch: next
        app_path: /srv/staging
        database: { <<: *database, url: "postgres://\${USER}:s3cr3t-staging@db/\${NAME}" }
`;
const frozen = takeOutSecrets(TEXT, families);

describe("the settings that a deployment keeps", () => {
  it("hold no secret that stands in fraises.yaml itself", () => {
    expect(frozen.text).not.toContain("s3cr3t");
    expect(frozen.text).toMatch(/webhook_secret: \["\*\*\*\d+\*\*\*", /);
  });

  it("hold everything else as it stands, line for line", () => {
    for (const kept of [
      "type: api ",
      'store: { url: "sqlite:/srv/fraisier.db" }',
      "${FROM_ENV}",
      "!file /etc/secret",
      "# not a comment of YAML",
      "echo $TOKEN",
      '"${OTHER}"',
      "@db.example.com/shop?sslmode=require",
      "@git.example.com/acme/short.git",
      "${USER}:",
    ])
      expect(frozen.text).toContain(kept);
    expect(frozen.text.split("\n")).toHaveLength(TEXT.split("\n").length);
  });

  it("are a fraises.yaml that can be loaded, with and without the secrets", () => {
    const parsed = parseConfig(frozen.text, "/etc/fraises.yaml", families, {});
    expect(parsed.targets.map(({ fraise, environment }) => `${fraise}/${environment}`)).toEqual([
      "short/production",
      "short/staging",
    ]);
    const whole = parseConfig(
      putSecretsBack(frozen.text, { present: undefined, kept: frozen.secrets }, families),
      "/etc/fraises.yaml",
      families,
      {},
    );
    const [target] = parseConfig(TEXT, "/etc/fraises.yaml", families, {}).targets;
    expect(whole.targets[0]?.settings.hooks).toEqual(target?.settings.hooks);
    expect(whole.targets[0]?.settings.database?.url?.reveal()).toBe(target?.settings.database?.url?.reveal());
    expect(whole.targets[0]?.clone_url.reveal()).toBe(target?.clone_url.reveal());
  });

  it("give runners no secret of a webhook", () => {
    expect(Object.values(frozen.secrets)).not.toContain("s3cr3t-webhook");
    expect(Object.values(frozen.secrets)).not.toContain("short");
    expect(Object.values(frozen.secrets)).toContain("s3cr3t-p@ss");
  });

  it("are the same settings whatever the secrets are", () => {
    const rotated = takeOutSecrets(TEXT.replaceAll("s3cr3t", "r0tated"), families);
    expect(rotated.hash).toBe(frozen.hash);
    expect(takeOutSecrets(TEXT.replace("/srv/short", "/srv/long"), families).hash).not.toBe(frozen.hash);
  });

  it("stay as they are if there is no secret in them", () => {
    const text = TEXT.replaceAll(/s3cr3t[\w@-]*/g, "${SECRET}")
      .replaceAll(/#.*/g, "")
      .replace("[short, ", "[");
    expect(takeOutSecrets(text, families)).toMatchObject({ text, secrets: {} });
  });
});

describe("the secrets of kept settings", () => {
  const back = (present: string | undefined): string =>
    putSecretsBack(frozen.text, { present, kept: frozen.secrets }, families);

  it("are those of today if they were rotated", () => {
    const text = back(TEXT.replaceAll("s3cr3t", "r0tated"));
    for (const secret of ["p@ss", "token", "bearer", "pg", "option", "basic", "header", "body", "staging"])
      expect(text).toContain(`r0tated-${secret}`);
  });

  it("are those of today if a variable is named instead of one of them", () => {
    const text = back(TEXT.replace("s3cr3t-p@ss", "${DB_PASSWORD}"));
    expect(text).toContain("shop:${DB_PASSWORD}@db.example.com");
  });

  it("are those that the deployment began with if another server stands beside them now", () => {
    expect(back(TEXT.replace("s3cr3t-p@ss@db.example.com", "other@elsewhere.example.com"))).toContain(
      "s3cr3t-p@ss@db.example.com",
    );
  });

  it("are those that the deployment began with if another item of the list may stand there now", () => {
    const inserted = TEXT.replace("- type: http", "- { type: links }\n          - type: http").replaceAll(
      "s3cr3t-header",
      "r0tated",
    );
    expect(back(inserted)).toContain("s3cr3t-header");
  });

  it.each([
    ["the fraise was removed", TEXT.replace(/fraises:[^]*/, "fraises: {}\n")],
    ["the file was broken", TEXT.replace("type: api", "type: [")],
    ["the file was emptied", ""],
    ["the file is gone", undefined],
  ])("are those that the deployment began with if %s", (_, present) => {
    const text = back(present);
    for (const secret of ["p@ss", "token", "bearer", "pg", "option", "basic", "header", "body", "staging"])
      expect(text).toContain(`s3cr3t-${secret}`);
  });
});
