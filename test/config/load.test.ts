import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { families } from "../../src/compose/app.ts";
import { configJsonSchema } from "../../src/config/keys/json-schema.ts";
import { loadConfig, parseConfig } from "../../src/config/load.ts";
import { checkSecrets, secretValues, secretVariables } from "../../src/config/secrets/secrets.ts";
import { showConfig } from "../../src/config/show.ts";
import { LOADED } from "../helpers/loaded.ts";
import { temporaryFolder } from "../helpers/temporary.ts";
import { complaints, parse } from "../helpers/parse-fraises.ts";

const GOOD = `git:
  github: { webhook_secret: "\${SECRET}" }
fraises:
  api:
    type: api
    repository: acme/shop
    environments:
      production:
        branch: main
        app_path: /srv/shop
`;

const swap = (from: string, to: string): string => GOOD.replace(from, to);

/** A second fraise, of type etl, with a line of its own. */
const borrowing = (line: string): string => `${GOOD}  nightly:
    type: etl
    repository: acme/shop
    environments:
      production:
        branch: main
        ${line}
        script_path: run.py
`;
const grouping = (groups: string): string => `${swap("type: api", "type: groups")}        groups: ${groups}\n`;

describe("a broken fraises.yaml", () => {
  it.each([
    [
      "an instance that does not say which forge it is, or a misspelt forge",
      swap("git:\n", "git:\n  githb: { webhook_secret: abc }\n"),
      [
        '2:3: unknown key "githb" under git; did you mean "github"?; an instance under a name of its own says which forge it is (provider: gitea)',
      ],
    ],
    [
      "an instance of a forge that there is not",
      swap("git:\n", "git:\n  inside: { provider: gitee, webhook_secret: abc }\n"),
      [
        '2:23: git.inside.provider is "gitee", and must be one of git, gitea, gitlab, bitbucket, github; did you mean "gitea"?',
      ],
    ],
    [
      "an instance under the name of another forge",
      swap("git:\n", "git:\n  gogs: { provider: gitlab, secret_token: abc }\n  provider: github\n"),
      ["2:3: git.gogs is gitea, and cannot be another forge: choose another name for the instance"],
    ],
    [
      "an instance whose name is no part of a URL",
      swap("git:\n", "git:\n  in/side: { provider: gitea }\n  provider: github\n"),
      ["2:3: git.in/side: a name has letters, digits, - and _, and starts with a letter or digit"],
    ],
    [
      "a fraise of a forge that there is not",
      swap("    type: api\n", "    type: api\n    git: { provider: gitea-internal }\n"),
      ['6:22: fraises.api.git.provider is "gitea-internal", and must be one of git, gitea, gitlab, bitbucket, github'],
    ],
    [
      "an address range that is none",
      swap('"${SECRET}" }', '"${SECRET}", allow_from: [192.0.2.0/24, 10.0.0.0/33] }'),
      ['2:69: git.github.allow_from[1]: "10.0.0.0/33": the length of a range is a number from 0 to 32'],
    ],
    [
      "a trusted proxy that is no address",
      `server: { trusted_proxies: proxy.local }\n${GOOD}`,
      [
        '1:28: "proxy.local" is neither an address nor a range of addresses: write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32',
      ],
    ],
    [
      "a path that cannot be opened",
      `server: { public: [/metrics, /_deploy/state] }\n${GOOD}`,
      [
        '1:30: server.public[1] is "/_deploy/state", and must be one of /metrics, /providers, /fraises, /api/status/*, /_deploy/health, /_deploy/status, /_deploy/*; did you mean "/_deploy/status"?',
      ],
    ],
    [
      "a signing token for a forge that has none",
      swap("    type: api\n", "    type: api\n    signing_token: abc\n"),
      ["6:5: fraises.api.signing_token: github signs with a webhook_secret, and has no signing tokens"],
    ],
    [
      "an unknown key, with the nearest",
      swap("branch:", "brnach:"),
      ['9:9: unknown key "brnach" under fraises.api.environments.production; did you mean "branch"?'],
    ],
    [
      "a key of a later version",
      `${GOOD}        notifications: {}\n`,
      [
        '11:9: "notifications" under fraises.api.environments.production: this version of fraisier does not act on it yet',
      ],
    ],
    [
      "a word of a family",
      swap("type: api", "type: apii"),
      [
        `5:11: fraises.api.type is "apii", and must be one of ${families.deployers.map(({ type }) => type).join(", ")}; did you mean "api"?`,
      ],
    ],
    [
      "a missing key",
      swap("        app_path: /srv/shop\n", ""),
      ['8:7: fraises.api.environments.production lacks the key "app_path"'],
    ],
    ["a wrong type", swap("/srv/shop", "[1]"), ["10:19: fraises.api.environments.production.app_path must be text"]],
    [
      "a relative app_path",
      swap("/srv/shop", "srv/shop"),
      ["10:19: fraises.api.environments.production.app_path must be an absolute path below /"],
    ],
    [
      "the root as app_path",
      swap("/srv/shop", "/"),
      ["10:19: fraises.api.environments.production.app_path must be an absolute path below /"],
    ],
    ["an empty secret", swap('"${SECRET}"', '""'), ["2:29: a secret is never empty"]],
    [
      "a duration",
      `${GOOD}        timeout: 3 parsecs\n`,
      [
        '11:18: fraises.api.environments.production.timeout: "3 parsecs" is not a duration: write 500ms, 30s, 20m, 2h or 1d',
      ],
    ],
    [
      "a size",
      `${GOOD}        min_free_space: lots\n`,
      ['11:25: fraises.api.environments.production.min_free_space: "lots" is not a size: write 512MB or 1GiB'],
    ],
    [
      "an environment nothing deploys",
      swap("        branch: main\n", ""),
      [
        "8:7: fraises.api.environments.production names no branch, no tags, and no branch_mapping names it: nothing would ever deploy it",
      ],
    ],
    [
      "an unknown fraise in branch_mapping",
      `${GOOD}branch_mapping: { dev: { fraise: apu, environment: production } }\n`,
      ['11:24: branch_mapping.dev names the fraise "apu", which is not there; did you mean "api"?'],
    ],
    [
      "an unknown environment in branch_mapping",
      `${GOOD}branch_mapping: { dev: { fraise: api, environment: prod } }\n`,
      ['11:24: branch_mapping.dev names the environment "prod", which api does not have: production'],
    ],
    [
      "two targets in one folder",
      `${GOOD}      staging: { branch: dev, app_path: /srv/shop/ }\n`,
      ["11:41: app_path /srv/shop is also that of api/production: each target needs its own"],
    ],
    [
      "a target within another",
      `${GOOD}      staging: { branch: dev, app_path: /srv/shop/staging }\n`,
      ["11:41: app_path /srv/shop/staging lies within or around that of api/production: each target needs its own"],
    ],
    [
      "a clone_url that is a program",
      swap("repository:", "clone_url: 'ext::sh -c id'\n    repository:"),
      ['6:16: clone_url "ext::sh -c id" would run a program: write a URL or a path'],
    ],
    [
      "a shared path that leaves the release",
      `${GOOD}        shared: [../../etc]\n`,
      ['11:17: shared path "../../etc" must stay below the release'],
    ],
    [
      "an environment_file that is no path",
      `${GOOD}        environment_file: api.env\n`,
      ["11:27: fraises.api.environments.production.environment_file must be the absolute path of a file"],
    ],
    [
      "an environment_file of two targets",
      `${GOOD}        environment_file: /etc/a.env\n      staging: { branch: dev, app_path: /srv/x, environment_file: /etc//a.env }\n`,
      ["12:67: environment_file /etc/a.env is also that of api/production: each target needs its own"],
    ],
    [
      "an address to listen on",
      `${GOOD}server: { listen: "8787" }\n`,
      ['11:19: server.listen is "8787": write address:port, 127.0.0.1:8787'],
    ],
    [
      "a service manager nobody knows",
      `${GOOD}        service: { manager: systmd, unit: x }\n`,
      [
        '11:29: fraises.api.environments.production.service.manager is "systmd", and must be one of systemd, command; did you mean "systemd"?',
      ],
    ],
    [
      "code from a fraise that is not there",
      borrowing("code_from: apu"),
      [
        '17:20: fraises.nightly.environments.production.code_from names the fraise "apu", which is not there; did you mean "api"?',
      ],
    ],
    [
      "code from its own fraise",
      borrowing("code_from: nightly"),
      [
        "17:20: fraises.nightly.environments.production.code_from names its own fraise: its code must come from another one",
      ],
    ],
    [
      "code from another repository",
      borrowing("code_from: api").replace("repository: acme/shop", "repository: acme/other"),
      [
        "17:20: fraises.nightly.environments.production.code_from names api, whose repository is acme/other and not acme/shop: its releases hold other code",
      ],
    ],
    [
      "code from an environment that is not there",
      borrowing("code_from: api").replace("      production:", "      prod:"),
      ["17:20: fraises.nightly.environments.production.code_from names api, which has no environment production: prod"],
    ],
    [
      "borrowed code with a folder of its own",
      borrowing("code_from: api\n        app_path: /srv/nightly\n        build: make"),
      [
        "18:9: fraises.nightly.environments.production.app_path is for code of its own: code_from takes that of api",
        "19:9: fraises.nightly.environments.production.build is for code of its own: code_from takes that of api",
      ],
    ],
    [
      "code neither of its own nor borrowed",
      borrowing("user: root"),
      ['15:7: fraises.nightly.environments.production lacks the key "app_path"'],
    ],
    [
      "a script outside of the repository",
      borrowing("code_from: api").replace("script_path: run.py", "script_path: ../run.py"),
      [
        '18:22: fraises.nightly.environments.production.script_path: "../run.py" must be a file below the root of the repository',
      ],
    ],
    [
      "placeholders where the name of a file would be read as shell",
      grouping(`[{ name: a, file_patterns: ["*"], deploy_command: 'psql -f "{file}"' }]`),
      [
        "11:67: fraises.api.environments.production.groups[0].deploy_command: {file} stands in double quotes: write it without, it is quoted by itself",
      ],
    ],
    [
      "groups that cannot be meant",
      grouping("[{ name: a, changed_only: true, deploy_command: 'cat {file}' }, { name: a }]"),
      [
        "11:43: fraises.api.environments.production.groups[0].changed_only: without file_patterns there are no files that could change",
        "11:65: fraises.api.environments.production.groups[0].deploy_command: without file_patterns there is no file for {file}",
        "11:89: fraises.api.environments.production.groups[1].name: two groups are called a",
      ],
    ],
    [
      "two groups of one name",
      grouping("[{ name: a }, { name: a }]"),
      ["11:39: fraises.api.environments.production.groups[1].name: two groups are called a"],
    ],
    ["no groups", grouping("[]"), ["11:17: fraises.api.environments.production.groups: at least one group is needed"]],
    [
      "a need nobody knows",
      `${GOOD}        needs: { unit: postgresql.service }\n`,
      ['11:18: unknown key "unit" under fraises.api.environments.production.needs; did you mean "units"?'],
    ],
    [
      "a variable that is not set",
      swap("acme/shop", '"${OWNER}/shop"'),
      ["6:17: fraises.api.repository: the environment variable OWNER is not set"],
    ],
    ["the same key twice", `${GOOD}fraises: {}\n`, ["11:1: the key fraises is set in line 3 already"]],
    ["a tab", "git:\n\tgithub: {}\n", ["2:1: Tabs are not allowed as indentation"]],
    ["an empty file", " \n", ["1:1: the file is empty"]],
    ["two documents", `${GOOD}---\n${GOOD}`, ["11:1: a single document is expected: remove the ---"]],
    ["an alias to nothing", "fraises: *nobody\n", ["1:10: the alias *nobody has no anchor above it"]],
    ["a NUL", `${GOOD}\0`, ["11:1: the file has a NUL character: it is no text"]],
  ])("says where and what: %s", (_, text, expected) => {
    expect(complaints(text)).toEqual(expected);
  });

  it.each([
    ["comments alone", "# nothing yet\n"],
    ["a name", "name: here\n"],
    ["sections whose keys are commented out", "git:\n  # github: {}\nfraises:\n  # api: {}\nstore:\n"],
  ])("is none without fraises: %s", (_, text) => {
    expect(parse(text)).toMatchObject({ targets: [], forges: {}, store: { keep_logs_days: 90 } });
  });

  it("says everything in one run, from top to bottom", () => {
    const text = swap("webhook_secret", "webhook_secrt")
      .replace("branch:", "brnach:")
      .replace("/srv/shop", "[]")
      .replace("type: api", "type: apii");
    expect(complaints(text).map((each) => each.split(":")[0])).toEqual(["2", "5", "9", "10"]);
  });

  it("does not unfold a bomb of aliases", () => {
    const bomb = [
      "a: &a [x, x, x, x, x, x, x, x, x, x]",
      ..."bcdefghi"
        .split("")
        .map(
          (name, index) =>
            `${name}: &${name} [${Array.from({ length: 10 }, () => `*${"abcdefgh"[index]}`).join(", ")}]`,
        ),
    ];
    const start = performance.now();
    expect(complaints(`${bomb.join("\n")}\n`).length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(LOADED * 2_000);
  });

  it("does not let a key called __proto__ change anything", () => {
    expect(complaints(`${GOOD}__proto__: { polluted: true }\n`)).not.toEqual([]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("says so when the file is no UTF-8, too large, or not there", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "latin1.yaml"), Buffer.from([0x6e, 0x61, 0x6d, 0x65, 0x3a, 0x20, 0xe9]));
    await expect(loadConfig(join(folder, "latin1.yaml"), families, { env: {} })).rejects.toThrow("is not UTF-8 text");
    await expect(loadConfig(join(folder, "absent.yaml"), families, { env: {} })).rejects.toThrow("ENOENT");
    expect(complaints(`# ${"x".repeat(1_100_000)}\n${GOOD}`)).toEqual(["1:1: the file is larger than 1048576 bytes"]);
  });
});

describe("a good fraises.yaml", () => {
  it("has its defaults filled in", () => {
    const { targets, deployment, server, store } = parse(GOOD, { SECRET: "s3cret" });
    expect(targets[0]).toMatchObject({
      fraise: "api",
      environment: "production",
      job: "",
      subscription: { forge: "github", repository: "acme/shop", branches: ["main"], tags: [], paths: [] },
      settings: {
        layout: "releases",
        keep_releases: 5,
        timeout: 1_200_000,
        rollback: { automatic: true },
        min_free_space: 268_435_456,
      },
    });
    expect(targets[0]?.clone_url.reveal()).toBe("https://github.com/acme/shop.git");
    expect(deployment).toMatchObject({ concurrency: 4, stuck_after: 300_000, state_directory: "/var/lib/fraisier" });
    expect(server).toMatchObject({ host: "127.0.0.1", port: 8787 });
    expect(store.url.reveal()).toBe("sqlite:/var/lib/fraisier/fraisier.db");
  });

  it("takes upstream's shapes: branch_mapping as one or a list, systemd_service, health_check as a URL, build.test", () => {
    const text = `${GOOD.replace("        branch: main\n", "")}        systemd_service: shop.service
        health_check: http://127.0.0.1:8000/
        build: { command: npm run build, test: [npm, test] }
branch_mapping:
  main: { fraise: api, environment: production }
  dev: [{ fraise: api, environments: [production] }]
`;
    const [target] = parse(text).targets;
    expect(target?.subscription.branches).toEqual(["main", "dev"]);
    expect(target?.settings).toMatchObject({
      service: { manager: "systemd", unit: "shop.service", scope: "system" },
      health_check: { url: "http://127.0.0.1:8000/", expect_status: 200, stable_for: 5_000 },
      build: { command: "npm run build" },
      test: { command: ["npm", "test"] },
    });
  });

  it("gives a fraise that borrows its code the folder of the lender", () => {
    const [lender, borrower] = parse(
      borrowing("code_from: api").replace("app_path: /srv/shop", "app_path: /srv/shop\n        layout: in_place"),
    ).targets;
    expect(lender?.settings.app_path).toBe("/srv/shop");
    expect(borrower?.settings).toMatchObject({
      app_path: "/srv/shop",
      layout: "in_place",
      code_from: "api",
      script_path: "run.py",
      run_after_deploy: false,
    });
  });

  it("keeps ten backups in production and five elsewhere, and makes none by itself unless told to", () => {
    const backupIn = (environment: string, database: string) =>
      parse(`${GOOD.replace("production:", `${environment}:`)}        database: { tool: sql, url: x${database} }\n`)
        .targets[0]?.settings.database?.backup;
    expect(backupIn("production", "")).toMatchObject({ before_deploy: false, keep: 10, compress: "zstd" });
    expect(backupIn("production", ", backup: {}")).toMatchObject({ before_deploy: true, keep: 10 });
    expect(backupIn("staging", ", backup: { compress: gzip }")).toMatchObject({ keep: 5, compress: "gzip" });
    expect(backupIn("staging", ", backup: { keep: 7, directory: /var/backups/x/ }")).toMatchObject({
      keep: 7,
      directory: "/var/backups/x",
    });
  });

  it("leaves ${VARIABLES} in commands to the shell", () => {
    const [target] = parse(`${GOOD}        build: echo \${HOME} $PATH\n`).targets;
    expect(target?.settings.build?.command).toBe("echo ${HOME} $PATH");
  });

  it("warns of keys that upstream knows, and goes on", () => {
    const config = parse(swap('webhook_secret: "${SECRET}"', 'webhook_secret: "x", server: false'));
    expect(config.warnings.map(({ line, message }) => `${line}: ${message}`)).toEqual([
      '2: "server" under git.github: fraisier does not use it: each delivery tells which Bitbucket it is (Cloud or Data Center)',
    ]);
  });
});

describe("database", () => {
  const database = (text: string): string => `${GOOD}        database: ${text}\n`;

  it("has the keys of its tool, and a URL that is never printed", () => {
    const config = parse(database('{ tool: command, url: "postgres://shop:p%40ss%20w@db/shop", up: "./up ${X}" }'), {
      SECRET: "s3cret",
    });
    const settings = config.targets[0]?.settings.database;
    expect(settings).toMatchObject({ tool: "command", strategy: "apply", lock_timeout: 60_000, up: "./up ${X}" });
    expect(settings?.url?.reveal()).toBe("postgres://shop:p%40ss%20w@db/shop");
    expect(JSON.stringify(showConfig(config))).not.toContain("p%40ss");
    expect(secretValues(config)).toEqual(["s3cret", "p%40ss%20w", "p@ss w"]);
  });

  it("may be said once for all environments, and its variables stay with the fraise's own commands", () => {
    const text = swap(
      "    environments:",
      '    database: { tool: command, url: "${DATABASE_URL}", up: make }\n    environments:',
    );
    const config = parse(text, { SECRET: "s3cret", DATABASE_URL: "sqlite:/srv/shop.db" });
    expect(config.targets[0]?.settings.database?.url?.reveal()).toBe("sqlite:/srv/shop.db");
    expect(secretVariables(config)).toEqual(["SECRET"]);
    expect(checkSecrets(parse(text, { SECRET: "s3cret" }))).toMatchObject([{ line: 7, column: 37 }]);
  });

  it.each([
    ["{ tool: command, up: make, backup: {} }", 'database: without database.url a backup needs the key "dump"'],
    [
      "{ tool: sql, url: x, backup: { directory: backups } }",
      '11:61: fraises.api.environments.production.database: directory "backups" must be an absolute path',
    ],
    [
      "{ tool: sql, url: x, backup: { directory: /srv/shop/releases/x } }",
      "11:61: fraises.api.environments.production.database: directory /srv/shop/releases/x lies within the deployed code",
    ],
    [
      "{ tool: sql, url: x, backup: { dump: x } }",
      "11:56: fraises.api.environments.production.database: dump without restore",
    ],
    ["{ tool: sql, url: x, backup: { compress: lzma } }", 'compress is "lzma", and must be'],
    [
      "{ tool: sql, url: x, backup: { before_deploy: false } }\n        rollback: { restore_database: true }",
      "11:65: fraises.api.environments.production.database: rollback.restore_database restores the backup",
    ],
    [
      "{ tool: sql, url: x }\n        rollback: { restore_database: true }",
      "fraises.api.environments.production.database: rollback.restore_database restores the backup",
    ],
    ["{ tool: alembik }", '11:27: fraises.api.environments.production.database.tool is "alembik", and must be'],
    ["{ tool: command, up: x, brnach: 1 }", '11:43: unknown key "brnach"'],
    ["{ tool: sql, url: x, migrations: ../x }", "11:52: fraises.api.environments.production.database: migrations"],
    [
      "{ tool: command, up: x, url: x, strategy: rebuild }",
      "11:61: fraises.api.environments.production.database: strategy rebuild empties",
    ],
    [
      "{ tool: command, up: x, strategy: rebuild, allow_rebuild_in_production: true }",
      '11:27: fraises.api.environments.production.database: strategy rebuild needs the key "url"',
    ],
  ])("refuses %s", (text, complaint) => {
    expect(complaints(database(text), { SECRET: "x" })[0]).toContain(complaint);
  });
});

describe("secrets", () => {
  const folder = temporaryFolder;

  it("are read when they are used: from variables, from files, rotated while it runs", () => {
    const file = join(folder(), "secret");
    writeFileSync(file, "from a file\n");
    const config = parse(swap('"${SECRET}"', `["\${SECRET}", !envvar OTHER, !file ${file}]`), {
      SECRET: "one",
      OTHER: "two",
    });
    const revealed = (): string[] => config.forges["github"]?.secrets.map((secret) => secret.reveal()) ?? [];
    expect(revealed()).toEqual(["one", "two", "from a file"]);
    writeFileSync(file, "rotated");
    expect(revealed()).toEqual(["one", "two", "rotated"]);
    expect(secretVariables(config)).toEqual(["SECRET", "OTHER"]);
    expect(secretValues(config)).toEqual(["one", "two", "rotated"]);
  });

  it("in a file that is named by a relative path are found beside fraises.yaml, from whatever folder one asks", () => {
    const beside = folder();
    mkdirSync(join(beside, "secrets"));
    writeFileSync(join(beside, "secrets/github"), "from beside\n");
    const config = parseConfig(swap('"${SECRET}"', "!file secrets/github"), join(beside, "fraises.yaml"), families, {});
    expect(config.forges["github"]?.secrets[0]?.reveal()).toBe("from beside");
    expect(checkSecrets(config)).toEqual([]);
  });

  it.each([
    ['"sqlite:${STATE}/fraisier.db"', { STATE: "/var/lib/shop" }, "sqlite:/var/lib/shop/fraisier.db"],
    ['"sqlite:/var/${STATE}/fraisier.db"', { STATE: "shop" }, "sqlite:/var/shop/fraisier.db"],
    ['"sqlite:state/${STATE}.db"', { STATE: "shop" }, "sqlite:/etc/fraisier/state/shop.db"],
    ["!envvar STORE", { STORE: "sqlite:state/shop.db" }, "sqlite:/etc/fraisier/state/shop.db"],
  ])("in the path of the store %s are put in before the path is made absolute", (url, env, revealed) => {
    const config = parseConfig(`${GOOD}store: { url: ${url} }\n`, "/etc/fraisier/fraises.yaml", families, env);
    expect(config.store.url.reveal()).toBe(revealed);
    expect(config.deployment.state_directory).toBe(dirname(revealed.slice("sqlite:".length)));
  });

  it("are an error at the place that uses them if they are missing, not before", () => {
    const config = parse(GOOD);
    expect(checkSecrets(config)).toMatchObject([
      { line: 2, column: 29, message: "the environment variable SECRET is not set" },
    ]);
    expect(() => config.forges["github"]?.secrets[0]?.reveal()).toThrow(
      "fraises.yaml:2:29: the environment variable SECRET is not set",
    );
    expect(checkSecrets(parse(GOOD, { SECRET: "" }))).toMatchObject([
      { message: "the environment variable SECRET is empty" },
    ]);
  });

  it("are never printed, however one prints", () => {
    const config = parse(GOOD, { SECRET: "s3cret" });
    const secret = config.forges["github"]?.secrets[0];
    for (const shown of [
      String(secret),
      JSON.stringify(config),
      inspect(config, { depth: 9 }),
      JSON.stringify(showConfig(config)),
    ]) {
      expect(shown).not.toContain("s3cret");
    }
  });

  it("in clone URLs are cut from logs, and the rest of the URL is not", () => {
    const config = parse(
      swap("repository:", "clone_url: https://ci:t0ken@example.com/acme/shop.git\n    repository:"),
      { SECRET: "s3cret" },
    );
    expect(secretValues(config)).toEqual(["s3cret", "t0ken"]);
  });
});

describe("the JSON Schema", () => {
  const text = readFileSync(join(import.meta.dirname, "../../fraises.yaml"), "utf8");
  const asText = ["!envvar", "!file"].map((tag) => ({ tag, resolve: (value: string) => value }));
  const schema = z.fromJSONSchema(configJsonSchema(families));

  it("agrees with the reference configuration, and not with a broken one", () => {
    const data = parseYaml(text, { customTags: asText }) as { fraises: Record<string, Record<string, unknown>> };
    expect(schema.safeParse(data).error).toBeUndefined();
    const broken = structuredClone(data);
    (broken.fraises["api"] ?? {})["repositori"] = "acme/shop";
    expect(schema.safeParse(broken).success).toBe(false);
  });

  it("has no key that the reference configuration does not show", () => {
    const shown = new Set(text.match(/[a-z_]+(?=:)/g));
    const keys = new Set<string>();
    const collect = (node: unknown): void => {
      if (typeof node !== "object" || node === null) return;
      const { properties } = node as { properties?: Record<string, unknown> };
      for (const key of Object.keys(properties ?? {})) keys.add(key);
      for (const child of Object.values(node)) collect(child);
    };
    collect(configJsonSchema(families));
    expect([...keys].filter((key) => !shown.has(key)).toSorted()).toEqual([]);
  });
});
