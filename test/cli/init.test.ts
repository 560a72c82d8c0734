import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { complete, fraiseName } from "../../src/cli/init/first-target.ts";
import type { Wishes } from "../../src/cli/init/first-target.ts";
import { nextCommands } from "../../src/cli/init/next-commands.ts";
import { repositoryOf } from "../../src/cli/init/repository-of.ts";
import { readUnit } from "../../src/cli/init/unit-facts.ts";
import { forges } from "../../src/forges/index.ts";
import { onTerminal } from "../helpers/terminal.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";

const PROGRAM = process.env["FRAISIER_TEST_PROGRAM"] ?? join(import.meta.dirname, "../../src/main.ts");

const WISHES: Wishes = {
  fraise: undefined,
  environment: "production",
  type: "api",
  forge: "github",
  repository: "acme/Shop.Web",
  cloneUrl: undefined,
  branch: "main",
  appPath: "/srv/shop",
  layout: undefined,
  service: undefined,
  healthUrl: undefined,
  publicUrl: undefined,
  set: new Map(),
};

/** A unit as systemd 252 shows it. */
const UNIT = `ExecStart={ path=/usr/bin/node ; argv[]=/usr/bin/node server.js --port 8000 ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
WorkingDirectory=/srv/shop/current
User=shop
Group=
Id=shop.service
LoadState=loaded
`;

/** The file that the packages bring: comments, and no fraise. */
const MINIMAL = `# What fraisier deploys on this host.

# git:
#   github: { webhook_secret: "\${GITHUB_WEBHOOK_SECRET}" }

store: { url: "sqlite:fraisier.db" } # beside this file
fraises: {}
#  shop:
#    type: api
`;

async function empty(text = MINIMAL): Promise<{ scenario: Scenario; file: string }> {
  const scenario = await createScenario();
  const file = join(scenario.folder, "fraises.yaml");
  writeFileSync(file, text);
  return { scenario, file };
}

describe("the facts that init reads from a remote", () => {
  it.each([
    ["git@github.com:acme/shop.git", "github", "acme/shop", "git@github.com:acme/shop.git"],
    ["https://github.com/acme/shop.git", "github", "acme/shop", undefined],
    ["https://ann:token@github.com/acme/shop", "github", "acme/shop", undefined],
    [
      "ssh://git@gitlab.example.com:2222/group/sub/shop.git",
      "gitlab",
      "group/sub/shop",
      "ssh://git@gitlab.example.com:2222/group/sub/shop.git",
    ],
    ["https://forgejo.example.com/acme/shop", "gitea", "acme/shop", "https://forgejo.example.com/acme/shop"],
    [
      "https://bitbucket.example.com/scm/acme/shop.git",
      "bitbucket",
      "acme/shop",
      "https://bitbucket.example.com/scm/acme/shop.git",
    ],
    ["https://git.example.com/acme/shop.git", undefined, "acme/shop", "https://git.example.com/acme/shop.git"],
    ["/srv/git/shop.git", "git", "shop", "/srv/git/shop.git"],
    ["file:///srv/git/shop.git/", "git", "shop", "/srv/git/shop.git/"],
  ])("%s", (remote, forge, repository, cloneUrl) => {
    expect(repositoryOf(remote, forges)).toEqual({ repository, forge, cloneUrl });
  });

  it("knows a forge of one's own by its base_url, and makes nothing of text that is no remote", () => {
    const own = { gitea: "https://git.example.com" };
    expect(repositoryOf("https://git.example.com/acme/shop.git", forges, own)).toMatchObject({
      forge: "gitea",
      cloneUrl: undefined,
    });
    expect(repositoryOf("nonsense", forges)).toBeUndefined();
  });
});

describe("the facts that init reads from a unit", () => {
  it("takes the folder above current, and knows whether the unit runs from there", () => {
    expect(readUnit("shop.service", UNIT)).toEqual({
      unit: "shop.service",
      appPath: "/srv/shop",
      runsCurrent: true,
      user: "shop",
      group: undefined,
    });
    const other = readUnit("shop.service", UNIT.replace("/srv/shop/current", "/opt/shop"));
    expect(other).toMatchObject({ appPath: "/opt/shop", runsCurrent: false });
  });

  it("takes the folder of the program if the unit names none", () => {
    const program = UNIT.replace("/srv/shop/current", "").replaceAll(
      "node server.js",
      "python3 /srv/shop/current/app.py",
    );
    expect(readUnit("shop.service", program)).toMatchObject({ appPath: "/srv/shop", runsCurrent: true });
    expect(readUnit("x.service", UNIT.replace("/srv/shop/current", "")).appPath).toBeUndefined();
  });

  it("refuses a unit that systemd does not know", () => {
    expect(() => readUnit("x.service", UNIT.replace("=loaded", "=not-found"))).toThrow(
      /no usable unit x.service: not-found/,
    );
  });
});

describe("the first target", () => {
  it("names the flag of everything that is missing", () => {
    expect(complete(WISHES).fraise).toBe("shop-web");
    expect(fraiseName("acme/---")).toBeUndefined();
    expect(() => complete({ ...WISHES, branch: undefined, appPath: undefined })).toThrow(
      "--branch main, --app-path /srv/shop is missing",
    );
  });

  it("prints the command that makes the folder for the service's user and the unit's group, and says that the unit must run current", () => {
    const unit = { unit: "shop.service", appPath: "/srv/shop", runsCurrent: false, user: "shop", group: undefined };
    const target = { ...complete(WISHES), service: "shop.service" };
    const commands = nextCommands(target, unit, { user: "fraisier", folderExists: false });
    expect(commands[0]).toBe("sudo install -d -o fraisier -g shop -m 2750 /srv/shop");
    expect(commands[1]).toContain("shop.service must run from /srv/shop/current");
    expect(commands).toContain("sudo fraisier privileges install");
    expect(commands).toContain("sudo fraisier doctor");
  });
});

describe("fraisier init", () => {
  it("writes forge, secret and target into a file without any, keeps its comments, and deploys what is pushed then", async () => {
    const { scenario, file } = await empty();
    const app = join(scenario.folder, "srv/first");
    const flags = ["--clone-url", scenario.bare, "--repository", "acme/shop", "--branch", "main", "--app-path", app];
    const dry = await scenario.fraisier("init", ...flags, "--dry-run");
    expect(dry.exitCode).toBe(0);
    expect(readFileSync(file, "utf8")).toBe(MINIMAL);
    expect(dry.stdout).toContain("+    repository: acme/shop");
    expect((await scenario.fraisier("init", ...flags)).stderr).toContain("say --yes");
    const done = await scenario.fraisier("init", ...flags, "--yes");
    expect(done.stderr).not.toContain("hint");
    expect(done.exitCode).toBe(0);
    const text = readFileSync(file, "utf8");
    for (const line of MINIMAL.split("\n").filter((each) => each.includes("#"))) expect(text).toContain(line);
    expect(text).toContain('webhook_secret: "${GIT_WEBHOOK_SECRET}"');
    const secrets = join(scenario.folder, "webhook-secrets");
    expect(statSync(secrets).mode & 0o777).toBe(0o640);
    const [, secret = ""] = /^GIT_WEBHOOK_SECRET=([0-9a-f]{64})\n$/.exec(readFileSync(secrets, "utf8")) ?? [];
    expect(secret).not.toBe("");
    expect(done.stdout).not.toContain(secret);
    expect(done.stdout).toContain(`git config --file ${scenario.bare}/config fraisier.url`);
    expect(done.stdout).toMatch(/sudo install -d -o \S+ -g \S+ -m 2750 .*srv\/first/);
    expect((await scenario.fraisier("config", "validate")).exitCode).toBe(0);
    const again = await scenario.fraisier("init", ...flags, "--yes");
    expect(again.exitCode).toBe(2);
    expect(again.stderr).toContain("fraisier target update shop production");
    expect(readFileSync(secrets, "utf8")).toContain(secret);
  });

  it("takes forge, repository and branch from a checkout, and keeps a secret that is there already", async () => {
    const { scenario, file } = await empty(MINIMAL.replace("fraises: {}", "fraises:"));
    writeFileSync(
      join(scenario.folder, "webhook-secrets"),
      "# mine\nGITHUB_WEBHOOK_SECRET=0123456789abcdef0123456789abcdef",
      { mode: 0o640 },
    );
    const checkout = join(scenario.folder, "checkout");
    mkdirSync(checkout);
    const git = (...args: readonly string[]): Buffer => execFileSync("git", ["-C", checkout, ...args]);
    git("init", "--quiet", "--initial-branch=live");
    git("-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "--quiet", "--allow-empty", "-m", "1");
    git("remote", "add", "origin", "git@github.com:acme/shop.git");
    const done = await scenario.fraisier(
      "init",
      "--checkout",
      checkout,
      "--json",
      "--yes",
      "--public-url",
      "https://deploy.example.com",
    );
    expect(done.stderr).toBe("");
    expect(JSON.parse(done.stdout)).toMatchObject({
      written: true,
      secret: null,
      providers: [{ name: "github", webhook_url: "https://deploy.example.com/webhook/github" }],
    });
    const text = readFileSync(file, "utf8");
    expect(text).toContain("clone_url: git@github.com:acme/shop.git");
    expect(text).toContain("branch: live");
    expect(text).toContain("layout: in_place");
    expect(text).toContain("public_url: https://deploy.example.com");
    expect(readFileSync(join(scenario.folder, "webhook-secrets"), "utf8")).toMatch(/^# mine\n\S+$/);
  });

  it("asks nothing in a pipe: a flag that is missing, or a value that does not load, is an error and nothing is written", async () => {
    const { scenario, file } = await empty();
    const missing = await scenario.fraisier("init", "--forge", "gitlab", "--repository", "acme/shop");
    expect(missing.exitCode).toBe(2);
    expect(missing.stderr).toContain("--branch main, --app-path /srv/shop is missing");
    const flags = [
      "--forge",
      "gitlab",
      "--repository",
      "acme/shop",
      "--branch",
      "main",
      "--app-path",
      "/srv/shop",
      "--yes",
    ];
    const bad = await scenario.fraisier("init", ...flags, "--set", "health_check.tiemout=1s");
    expect(bad.exitCode).toBe(2);
    expect(bad.stderr).toContain("tiemout");
    expect(readFileSync(file, "utf8")).toBe(MINIMAL);
    expect(existsSync(join(scenario.folder, "webhook-secrets"))).toBe(false);
  });

  it("asks on a terminal for what is not known, proposes what is likely, shows the diff, and writes after a yes", async () => {
    const { file } = await empty();
    const env = { ...(process.env as Record<string, string>), FRAISIER_CONFIG: file };
    const { exitCode, screen } = await onTerminal([process.execPath, PROGRAM, "init"], env, [
      ["Which forge", "\r"],
      ["Repository, as", "acme/shop\r"],
      ["Name of the fraise", "\r"],
      ["Branch to deploy", "\r"],
      ["Folder on this machine", "\r"],
      ["Unit of systemd", "shop.service\r"],
      ["URL that answers", "\r"],
      ["Address by which", "https://deploy.example.com\r"],
      ["Write this to", "y"],
    ]);
    expect(screen).toContain("+    repository: acme/shop");
    expect(exitCode).toBe(0);
    expect(readFileSync(file, "utf8")).toMatch(
      /public_url: https:\/\/deploy\.example\.com[\s\S]*shop:[\s\S]*branch: main\n +app_path: \/srv\/shop\n +systemd_service: shop\.service\n/,
    );
    expect(screen).toContain("Payload URL");
    for (const [key, name] of [
      ["\u0003", "Ctrl-C"],
      ["\u0004", "Ctrl-D"],
      ["\u001b", "Escape"],
    ] as const) {
      const no = await onTerminal([process.execPath, PROGRAM, "init", "web"], env, [["Repository, as", key]]);
      expect(no.screen, name).toContain("nothing was written: a question was not answered");
      expect(no.exitCode, name).toBe(2);
    }
    expect(readFileSync(file, "utf8")).not.toContain("web:");
  });
});
