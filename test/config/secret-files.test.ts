import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { commandEnvironment } from "../../src/config/secrets/command-environment.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load.ts";
import { parseEnvironmentFile } from "../../src/config/file/parse-environment-file.ts";
import { checkSecrets, secretValues, webhookSecretsOf, daemonVariables } from "../../src/config/secrets/secrets.ts";
import { showConfig } from "../../src/config/show.ts";
import { takeOutSecrets } from "../../src/config/edit/take-out-secrets.ts";
import { ConfigError } from "../../src/domain/errors.ts";
import { asNobody } from "../helpers/as-nobody.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const YAML = `git:
  github: { webhook_secret: "\${GITHUB_SECRET}" }
fraises:
  api:
    type: api
    repository: acme/shop
    environments:
      production:
        branch: main
        app_path: /srv/shop
        database: { tool: sql, url: "\${DATABASE_URL}" }
`;

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ "fraises.yaml": YAML, ...files }))
    writeFileSync(join(folder, name), text);
  return folder;
}

const API = { fraise: "api", environment: "production", job: "" };
const load = (folder: string, options: Parameters<typeof loadConfig>[2] = { env: {} }): Promise<Config> =>
  loadConfig(join(folder, "fraises.yaml"), families, options);
const webhookSecret = (config: Config): string | undefined => config.forges["github"]?.secrets[0]?.reveal();
const databaseUrl = (config: Config): string | undefined => config.targets[0]?.settings.database?.url?.reveal();

describe("the files with secrets beside fraises.yaml", () => {
  const BOTH = { "webhook-secrets": "GITHUB_SECRET=of-github\n", environment: "DATABASE_URL=sqlite:/srv/shop.db\n" };

  it("give webhooks and targets their secrets, and nobody prints them", async () => {
    const config = await load(folderWith(BOTH));
    expect(webhookSecret(config)).toBe("of-github");
    expect(databaseUrl(config)).toBe("sqlite:/srv/shop.db");
    expect(checkSecrets(config)).toEqual([]);
    expect(JSON.stringify([config, showConfig(config)])).not.toMatch(/of-github|shop\.db/);
  });

  it("are out of reach for a runner as far as webhooks are concerned", async () => {
    const config = await load(folderWith(BOTH), { env: {}, webhookSecrets: false });
    expect(() => webhookSecret(config)).toThrow("GITHUB_SECRET is not set");
    expect(databaseUrl(config)).toBe("sqlite:/srv/shop.db");
  });

  it("are not needed for a runner to lose a webhook's secret that stands in fraises.yaml itself", async () => {
    const yaml = YAML.replace(
      '{ webhook_secret: "${GITHUB_SECRET}" }',
      "{ webhook_secret: [s3cr3t-hook, s3cr3t-older] }",
    )
      .replace("repository: acme/shop", "repository: acme/shop\n    webhook_secret: s3cr3t-own")
      .replace("${DATABASE_URL}", "postgres://shop:s3cr3t-hook@db/shop");
    const folder = folderWith({ "fraises.yaml": yaml });
    expect(webhookSecret(await load(folder))).toBe("s3cr3t-hook");
    const config = await load(folder, { env: {}, webhookSecrets: false });
    const revealed = webhookSecretsOf(config).flatMap(({ secrets }) => secrets.map((secret) => secret.reveal()));
    expect(revealed).toHaveLength(3);
    expect([...revealed, config.text].join("\n")).not.toMatch(/s3cr3t-(older|own)/);
    expect(revealed.join("\n")).not.toContain("s3cr3t");
    expect(secretValues(config, {}, { webhookSecrets: false }).join("\n")).not.toMatch(/s3cr3t-(older|own)/);
    // The target's own settings stay, even if one has the same word.
    expect(databaseUrl(config)).toBe("postgres://shop:s3cr3t-hook@db/shop");
    // The deployment keeps what it kept before: equal settings are kept once.
    expect(config.kept).toEqual(takeOutSecrets(yaml, families));
  });

  it("keep the secrets of webhooks from targets, whoever reads them", async () => {
    const config = await load(folderWith({ "webhook-secrets": "GITHUB_SECRET=x\nDATABASE_URL=sqlite:/srv/shop.db\n" }));
    expect(() => databaseUrl(config)).toThrow("DATABASE_URL is not set");
    expect(commandEnvironment(config, API)).toEqual({});
    expect(daemonVariables(config)).toEqual(["GITHUB_SECRET"]);
  });

  it("give commands of targets the file environment, but no variable that a webhook's secret needs", async () => {
    const config = await load(folderWith({ environment: "GITHUB_SECRET=x\nDATABASE_URL=sqlite:/a\nMODE=live\n" }));
    expect(webhookSecret(config)).toBe("x");
    expect(commandEnvironment(config, API)).toEqual({ DATABASE_URL: "sqlite:/a", MODE: "live" });
  });

  it("yield to the process's own environment", async () => {
    const config = await load(folderWith(BOTH), { env: { GITHUB_SECRET: "of the process" } });
    expect(webhookSecret(config)).toBe("of the process");
  });

  it("may be credentials of systemd, which win over the files", async () => {
    const credentials = join(temporaryFolder(), "credentials");
    mkdirSync(credentials);
    writeFileSync(join(credentials, "webhook-secrets"), "GITHUB_SECRET=credential\n");
    writeFileSync(join(credentials, "environment"), "DATABASE_URL=sqlite:/credential.db\n");
    const config = await load(folderWith(BOTH), { env: { CREDENTIALS_DIRECTORY: credentials } });
    expect([webhookSecret(config), databaseUrl(config)]).toEqual(["credential", "sqlite:/credential.db"]);
  });

  it("say where a missing secret belongs", async () => {
    const folder = folderWith({});
    const config = await load(folder);
    const hintOf = (reveal: () => unknown): string => {
      try {
        reveal();
        return "";
      } catch (error) {
        return (error as ConfigError).hint ?? "";
      }
    };
    expect(hintOf(() => webhookSecret(config))).toBe(`Write the line GITHUB_SECRET=… into ${folder}/webhook-secrets.`);
    expect(hintOf(() => databaseUrl(config))).toBe(`Write the line DATABASE_URL=… into ${folder}/environment.`);
  });

  it("fail with line and column, and without their text, if they cannot be understood", async () => {
    const folder = folderWith({ environment: "A=1\n\nmy-s3cret\n" });
    await expect(load(folder)).rejects.toMatchObject({
      message: `${folder}/environment:3:1: this line is not NAME=value`,
      problems: [{ file: `${folder}/environment`, line: 3, column: 1 }],
    });
  });

  it.runIf(process.getuid?.() === 0)("are called unreadable, never unset, if this user may not read them", async () => {
    const folder = folderWith(BOTH);
    chmodSync(folder, 0o755);
    chmodSync(join(folder, "webhook-secrets"), 0o600);
    const seen = await asNobody(
      `const { loadConfig } = await import("$SRC/config/load.ts");
       const { families } = await import("$SRC/compose/app.ts");
       const { checkSecrets } = await import("$SRC/config/secrets/secrets.ts");
       const config = await loadConfig("${folder}/fraises.yaml", families, { env: {} });
       console.log(JSON.stringify(checkSecrets(config)));
       try { config.forges.github.secrets[0].reveal(); } catch (error) { console.log(error.exitCode, error.message); }`,
    );
    const words = `this user may not read ${folder}/webhook-secrets, where the variable GITHUB_SECRET may be set`;
    expect(JSON.parse(seen.split("\n")[0] ?? "")).toMatchObject([{ line: 2, message: words }]);
    expect(seen).toContain(`4 ${folder}/fraises.yaml:2:29: ${words}`);
  });
});

describe("a file of NAME=value lines", () => {
  const parse = (text: string): Readonly<Record<string, string>> => parseEnvironmentFile(text, "environment");
  const complaint = (text: string): string => {
    try {
      parse(text);
      return "";
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return error.message;
    }
  };

  it.each([
    ["A=1\nB=two words  \n", { A: "1", B: "two words" }],
    ["# comment\n ; another\n\n  A = 1\n", { A: "1" }],
    ["\uFEFFA=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["export A=1", { A: "1" }],
    ["A=", { A: "" }],
    ["A=a#b=c", { A: "a#b=c" }],
    ["A='it $is \\n \"so\"'", { A: 'it $is \\n "so"' }],
    ['A="a \\"b\\" \\\\ \\$ \\x"', { A: 'a "b" \\ $ \\x' }],
    ['A="line 1\nline 2"\nB=3', { A: "line 1\nline 2", B: "3" }],
    ["A=a\\\nb", { A: "ab" }],
    ["A=a\\ \nB=1", { A: "a ", B: "1" }],
    ["", {}],
  ])("%j is %j", (text, values) => {
    expect(parse(text)).toEqual(values);
  });

  it.each([
    ["s3cret", "environment:1:1: this line is not NAME=value"],
    ["A=1\n9A=s3cret", "environment:2:1: this line is not NAME=value"],
    ["A='s3cret", "environment:1:3: the quote that begins here does not end"],
    ["A='x' s3cret", "environment:1:5: something stands behind the closing quote"],
    ["A=x # s3cret", "environment:1:5: systemd takes a # behind a value for a part of the value"],
    ["A=1\nB=2\nA=s3cret", "environment:3:1: the name of this line is set in line 1 already"],
    ["A=s3cret\0", "environment:1:3: the value has a NUL character"],
  ])("refuses %j and does not quote it", (text, message) => {
    expect(complaint(text)).toBe(message);
  });
});
