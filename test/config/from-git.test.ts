import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { joinFiles, splitFiles } from "../../src/config/from-git/two-files.ts";
import { putSecretsBack } from "../../src/config/edit/put-secrets-back.ts";
import { takeOutSecrets } from "../../src/config/edit/take-out-secrets.ts";
import { readCurrent } from "../../src/config/from-git/read-current.ts";
import type { Config } from "../../src/config/config.ts";
import { complaints, parse } from "../helpers/parse-fraises.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";

const LOCAL = `git:
  github: { webhook_secret: local-secret-0123456789 }
store: { url: "sqlite:/var/lib/fraisier/fraisier.db" }
deployment: { sandbox: auto, concurrency: 9 }
fraises:
  settings:
    type: configuration
    repository: acme/settings
    environments: { production: { branch: main } }
  old:
    type: script
    repository: acme/old
    environments: { production: { branch: main, app_path: /srv/old } }
`;
const REVISION = "1a2b3c4".padEnd(40, "0");
const GIT = `deployment: { concurrency: 2 }
fraises:
  shop:
    type: script
    repository: acme/shop
    environments: { production: { branch: main, app_path: /srv/shop } }
`;

const both = (text: string, local = LOCAL): string =>
  joinFiles({ local, git: { revision: REVISION, file: "fraises.yaml", text } });
const names = ({ targets }: Config): readonly string[] => targets.map(({ fraise }) => fraise);

describe("a fraises.yaml from git", () => {
  it("says everything but what the host alone says, and the rest of the local file does not count", () => {
    const config = parse(both(GIT));
    expect(names(config).toSorted()).toEqual(["settings", "shop"]);
    expect(config.deployment.concurrency).toBe(2);
    expect(Object.keys(config.forges)).toEqual(["github"]);
    expect(config.configuration).toEqual({
      target: "settings/production",
      folder: "/var/lib/fraisier/configuration",
      path: "/var/lib/fraisier/configuration/current/fraises.yaml",
      file: "fraises.yaml",
      revision: REVISION,
      unused: ["fraises.old", "deployment.concurrency"],
    });
    expect(config.warnings.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      "10: fraises.old is not used: revision 1a2b3c4 of settings/production is in force, and says it alone",
      "4: deployment.concurrency is not used: revision 1a2b3c4 of settings/production is in force, and says it alone",
    ]);
    expect(names(parse(LOCAL))).toEqual(["settings", "old"]);
    expect(parse(LOCAL).configuration?.revision).toBeUndefined();
    expect(parse(GIT.replace("fraises:", "git: { github: {} }\nfraises:")).configuration).toBeUndefined();
  });

  it.each([
    [
      "a section of the host",
      `server: { listen: "0.0.0.0:80" }\n${GIT}`,
      /^1:1: server is set on the host alone, in fraises\.yaml/,
    ],
    ["the store", `store: { url: "sqlite:/tmp/x" }\n${GIT}`, /^1:1: store is set on the host alone/],
    ["a forge", `git: { gitlab: {} }\n${GIT}`, /^1:1: git is set on the host alone/],
    [
      "the state folder",
      GIT.replace("concurrency: 2", "state_directory: /tmp"),
      /^1:15: deployment\.state_directory is set on the host/,
    ],
    [
      "the sandbox of all",
      GIT.replace("concurrency: 2", "sandbox: off"),
      /^1:15: deployment\.sandbox is set on the host alone/,
    ],
    [
      "no sandbox for a target",
      GIT.replace("branch: main", "sandbox: off, branch: main"),
      /^6:35: fraises\.shop\.environments\.production\.sandbox may only be required here/,
    ],
    [
      "its own fraise",
      GIT.replace("shop:", "settings:"),
      /^3:3: fraises\.settings is the fraise that this file comes from: only fraises\.yaml says what it is, so that no push can remove or move it/,
    ],
    [
      "another fraise of configuration",
      `${GIT}  other:\n    type: configuration\n    repository: acme/evil\n    environments: { production: { branch: main } }\n`,
      /^7:3: fraises\.other has type: configuration, as settings has/,
    ],
    ["no fraises", "fraises: {}\n", /^1:1: the file names no fraises: every target but settings would be gone/],
    ["a list", "- shop\n", /names no fraises/],
    [
      "a file with secrets elsewhere",
      GIT.replace("repository: acme/shop", "repository: acme/shop\n    clone_url: !file /etc/shadow"),
      /^6:22: !file \/etc\/shadow lies outside of/,
    ],
    [
      "a secret",
      GIT.replace("repository: acme/shop", "repository: acme/shop\n    webhook_secret: abcdefgh12345678"),
      /^6:21: fraises\.shop\.webhook_secret holds a secret, which everybody knows/,
    ],
    [
      "credentials in a URL",
      GIT.replace(
        "repository: acme/shop",
        "repository: acme/shop\n    clone_url: https://ann:hunter22@example.com/shop.git",
      ),
      /^6:16: fraises\.shop\.clone_url holds a secret/,
    ],
    [
      "the folder of the configuration",
      GIT.replace("/srv/shop", "/var/lib/fraisier/configuration/releases"),
      /^6:\d+: fraises\.shop\.environments\.production\.app_path .* is the folder in which fraisier keeps the fraises\.yaml/,
    ],
    [
      "the state folder in the sandbox",
      GIT.replace("branch: main", "allow: { paths: [/var/lib] }, branch: main"),
      /^6:\d+: .*\/var\/lib would open what is fraisier's own/,
    ],
    [
      "the webhooks' secrets in the sandbox",
      GIT.replace("branch: main", `credentials: { "~/x": ${process.cwd()}/webhook-secrets }, branch: main`),
      /would open what is fraisier's own/,
    ],
    ["an unknown key", `${GIT}frases: {}\n`, /^7:1: unknown key "frases"/],
    ["what is no YAML", "fraises: [", /^1:\d+: /],
    ["an unknown type", GIT.replace("type: script", "type: skript"), /^4:11: fraises\.shop\.type is "skript"/],
  ])("is refused at its line if it holds %s", (_, text, message) => {
    expect(complaints(both(text)).join("\n")).toMatch(new RegExp(message.source, "m"));
  });

  it("is blamed by the name under which git shows it", () => {
    expect(() => parse(both(`${GIT}frases: {}\n`))).toThrow("1a2b3c4:fraises.yaml has a problem");
  });

  it("may require the sandbox, and name variables and files beside the local fraises.yaml", () => {
    const text = GIT.replace(
      "repository: acme/shop",
      'repository: acme/shop\n    sandbox: required\n    webhook_secret: ["${SHOP}", !file shop.secret]',
    );
    expect(complaints(both(text))).toEqual([]);
  });

  it("comes from one target alone, which has no keys of a fraise that runs", () => {
    const second = LOCAL.replace(
      "production: { branch: main }",
      "production: { branch: main }, staging: { branch: next }",
    );
    expect(complaints(second)).toEqual([
      expect.stringMatching(
        /^9:\d+: settings\/staging is a second target of type: configuration: .* that is settings\/production/,
      ),
    ]);
    const own = LOCAL.replace("production: { branch: main }", "production: { branch: main, app_path: /srv/x }");
    expect(complaints(own).join("\n")).toMatch(/^9:\d+: unknown key "app_path"/);
  });
});

describe("the settings that a deployment keeps", () => {
  it("are both files, without the secrets of the local one", () => {
    const kept = takeOutSecrets(both(GIT), families);
    expect(kept.text).not.toContain("local-secret");
    expect(kept.text).toContain("acme/shop");
    const back = putSecretsBack(kept.text, { present: LOCAL, kept: kept.secrets }, families);
    expect(splitFiles(back).git).toEqual({ revision: REVISION, file: "fraises.yaml", text: GIT });
    expect(names(parse(back)).toSorted()).toEqual(["settings", "shop"]);
  });

  it("keep the file from git as it is, also if it holds the line that parts the two", () => {
    const text = `${GIT}# fraisier: what follows is from git: {"revision":"x","file":"y"}\nserver: {}\n`;
    expect(splitFiles(both(text)).git?.text).toBe(text);
  });
});

describe("the file in force", () => {
  const release = (folder: string, name: string): string => {
    const path = join(folder, "releases", name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, "origin.json"), `{"revision":"${REVISION}","file":"fraises.yaml"}`);
    return path;
  };

  it("is the one that current names, and none before the first deployment", async () => {
    const folder = temporaryFolder();
    expect(await readCurrent(folder)).toBeUndefined();
    writeFileSync(join(release(folder, "one"), "fraises.yaml"), GIT);
    expect(await readCurrent(folder)).toBeUndefined();
    symlinkSync("releases/one", join(folder, "current"));
    expect(await readCurrent(folder)).toEqual({ revision: REVISION, file: "fraises.yaml", text: GIT });
  });

  it("is never read through a link, nor outside of its folder: root reads it, and another user wrote it", async () => {
    const folder = temporaryFolder();
    const outside = mkdtempSync(join(folder, "outside-"));
    const own = join(folder, "own");
    symlinkSync("/etc/hostname", join(release(own, "one"), "fraises.yaml"));
    symlinkSync("releases/one", join(own, "current"));
    await expect(readCurrent(own)).rejects.toThrow("cannot be read: ELOOP");
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(release(outside, "one"), "fraises.yaml"), GIT);
    symlinkSync(join(outside, "releases/one"), join(other, "current"));
    await expect(readCurrent(other)).rejects.toThrow("is no file of");
  });

  it("is an error, and not a first installation, if its release is gone", async () => {
    const folder = temporaryFolder();
    symlinkSync("releases/gone", join(folder, "current"));
    await expect(readCurrent(folder)).rejects.toThrow("its release is not there any more");
  });
});
