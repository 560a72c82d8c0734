import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import { createPrint } from "../../src/cli/print/print.ts";
import { printProvider, providerJson } from "../../src/cli/forges/print-provider.ts";
import { providersNamed } from "../../src/cli/forges/providers-of.ts";
import { families } from "../../src/compose/app.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createScenario } from "../helpers/scenario.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const FILE = `git:
  github: { webhook_secret: "\${GITHUB_WEBHOOK_SECRET}" }
  gitea: { webhook_secret: !file /etc/fraisier/gitea }
server: { public_url: "https://deploy.example.com/" }
fraises: { a: { type: api, repository: acme/a, git: { provider: github }, environments: { p: { branch: main, app_path: /srv/a } } } }
`;

interface ProviderFacts {
  readonly name: string;
  readonly webhook_url: string;
  readonly configured: boolean;
  readonly events: readonly string[];
  readonly fields: readonly { readonly label: string; readonly value: string }[];
}

async function facts(name: string): Promise<readonly ProviderFacts[]> {
  const file = join(temporaryFolder(), "fraises.yaml");
  writeFileSync(file, FILE);
  const config = await loadConfig(file, families, {});
  return providersNamed(config, name).map((provider) => providerJson(provider) as ProviderFacts);
}

describe("fraisier providers <forge>", () => {
  it("names the fields of GitHub's form with the configured URL and the place of the secret", async () => {
    const [github] = await facts("github");
    expect(github?.fields).toEqual([
      { label: "Payload URL", value: "https://deploy.example.com/webhook/github" },
      { label: "Content type", value: "application/json" },
      { label: "Active", value: "ticked" },
      { label: "Secret", value: "the value of GITHUB_WEBHOOK_SECRET" },
    ]);
    expect(github?.configured).toBe(true);
  });

  it("names GitLab's second box for tags, and says that its secret is not set yet", async () => {
    const [gitlab] = await facts("gitlab");
    expect(gitlab?.events.join("\n")).toMatch(/^Push events .*\nTag push events/);
    expect(gitlab?.fields.at(-1)?.value).toMatch(/^not set yet: set git\.gitlab\.secret_token/);
    expect(gitlab?.configured).toBe(false);
  });

  it("has Gogs tick Create, as it sends tags as nothing else, under the URL of its family", async () => {
    const [gogs, ...others] = await facts("gogs");
    expect(others).toEqual([]);
    expect(gogs?.events.some((event) => event.startsWith("Create"))).toBe(true);
    expect(gogs?.webhook_url).toBe("https://deploy.example.com/webhook/gitea");
    expect(gogs?.fields.at(-1)?.value).toBe("the content of /etc/fraisier/gitea");
  });

  it("shows both products of Bitbucket for one name", async () => {
    expect((await facts("bitbucket")).map(({ name }) => name)).toEqual(["bitbucket-cloud", "bitbucket-data-center"]);
    expect((await facts("bitbucket-data-center"))[0]?.events[0]).toContain("repo:refs_changed");
  });

  it("breaks long sentences at spaces on a terminal, and cuts none", async () => {
    const lines: string[] = [];
    const print = createPrint(
      { isJson: false, times: "relative" },
      { columns: 60, isTTY: true, write: (text) => lines.push(text) },
    );
    const file = join(temporaryFolder(), "fraises.yaml");
    writeFileSync(file, FILE);
    const config = await loadConfig(file, families, {});
    for (const provider of providersNamed(config, "gitea")) printProvider(print, config, provider);
    const plain = stripVTControlCharacters(lines.join(""));
    expect(Math.max(...plain.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(plain.replaceAll(/\s+/g, " ")).toContain("[webhook] ALLOWED_HOST_LIST = external,deploy.example.com");
  });

  it("knows the same forges on the command line and over HTTP, and names the nearest one for a misspelt name", async () => {
    const scenario = await createScenario({
      server: "public: [/providers]",
      forges: "gitea-internal: { provider: gitea, webhook_secret: 0123456789abcdef0123 }",
    });
    await scenario.start();
    const listed = JSON.parse((await scenario.fraisier("providers", "--json")).stdout) as {
      providers: { name: string; title: string; configured: boolean; webhook_url: string }[];
    };
    const served = (await (await fetch(`${scenario.url}/providers`)).json()) as {
      providers: { name: string; title: string; configured: boolean; webhook_path: string }[];
    };
    expect(
      listed.providers.map(({ webhook_url, ...each }) => ({ ...each, webhook_path: new URL(webhook_url).pathname })),
    ).toEqual(
      served.providers.map(({ name, title, configured, webhook_path }) => ({ name, title, configured, webhook_path })),
    );
    const wrong = await scenario.fraisier("providers", "forgjo");
    expect(wrong.exitCode).toBe(2);
    expect(wrong.stderr).toContain("Did you mean forgejo?");
    const git = await scenario.fraisier("providers", "git");
    expect(git.stdout).toContain(`git config fraisier.url         ${scenario.url}/webhook/git`);
    expect(git.stdout).toMatch(/sudo install -m 755 \/.*\/post-receive /);
  });
});
