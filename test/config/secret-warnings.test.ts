import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const FRAISES = `fraises:
  api:
    type: api
    repository: acme/shop
    git: { provider: github }
    environments: { production: { branch: main, app_path: /srv/shop } }
`;
const LONG = "0123456789abcdef";

/** The warnings as `file:line:column message`, files by their name in the folder. */
async function warnings(
  git: string,
  files: Readonly<Record<string, string>> = {},
  mode = 0o600,
): Promise<readonly string[]> {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries({ "fraises.yaml": `git:\n  ${git}\n${FRAISES}`, ...files })) {
    writeFileSync(join(folder, name), text.replaceAll("$FOLDER", folder));
    chmodSync(join(folder, name), mode);
  }
  const config = await loadConfig(join(folder, "fraises.yaml"), families, { env: {} });
  return config.warnings.map(({ file, line, column, message, severity }) => {
    expect(severity).toBe("warning");
    return `${file}:${line}:${column} ${message}`.replaceAll(`${folder}/`, "");
  });
}

describe("warnings about secrets", () => {
  it("are not given for a long secret in a private file", async () => {
    expect(await warnings('github: { webhook_secret: "${S}" }', { "webhook-secrets": `S=${LONG}\n` })).toEqual([]);
    expect(await warnings(`github: { webhook_secret: ${LONG} }`)).toEqual([]);
  });

  it("name a variable without braces", async () => {
    expect(await warnings("github: { webhook_secret: $SECRET }")).toEqual([
      'fraises.yaml:2:29 "$SECRET" is the secret itself here: write "${SECRET}" for the value of the variable SECRET',
    ]);
  });

  it("name a short secret, wherever it stands", async () => {
    const short = "the secret of github has fewer than 16 characters: openssl rand -hex 32 makes a good one";
    expect(await warnings(`github: { webhook_secret: [${LONG}, x] }`)).toEqual([`fraises.yaml:2:48 ${short}`]);
    expect(await warnings('github: { webhook_secret: "${S}" }', { "webhook-secrets": "S=s3cret\n" })).toEqual([
      `fraises.yaml:2:29 ${short}`,
    ]);
  });

  it("name a secret of two forges", async () => {
    expect(
      await warnings(`github: { webhook_secret: "\${S}" }\n  gitea: { webhook_secret: "\${S}" }`, {
        "webhook-secrets": `S=${LONG}\n`,
      }),
    ).toEqual([expect.stringMatching(/^fraises\.yaml:\d:\d+ (gitea|github) has the same secret as (github|gitea)/)]);
  });

  it("name each file with secrets that every user may read or change", async () => {
    const git = 'github: { webhook_secret: ["${S}", !file $FOLDER/own] }';
    const files = { "webhook-secrets": `S=${LONG}\n`, environment: "A=1\n", own: LONG.toUpperCase() };
    expect(await warnings(git, files, 0o640)).toEqual([]);
    expect(await warnings(git, files, 0o644)).toEqual(
      ["environment", "webhook-secrets", "own"].map(
        (file) => `${file}:1:1 every user of this machine may read the secrets in this file: chmod o= ${file}`,
      ),
    );
    expect(await warnings(`github: { webhook_secret: ${LONG} }`, {}, 0o646)).toEqual([
      "fraises.yaml:1:1 every user of this machine may change the secrets in this file: chmod o= fraises.yaml",
    ]);
  });
});
