import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { checkSecrets, secretValues, secretVariables } from "../../src/config/secrets/secrets.ts";
import { showConfig } from "../../src/config/show.ts";
import { complaints, parse } from "../helpers/parse-fraises.ts";

/** fraises.yaml with these lines in production (from line 15 on), beside a development without checks. */
function text(production: string, development = ""): string {
  return `git:
  github: { webhook_secret: s3cret-hook }
fraises:
  api:
    type: api
    repository: acme/shop
    environments:
      development:
        branch: dev
        app_path: /srv/dev
${development}
      production:
        branch: main
        app_path: /srv/shop
${production.replaceAll(/^/gm, "        ")}
`;
}

describe("verify:", () => {
  it("is a list or a map, and takes its base URL from the health check", () => {
    const health = "health_check: http://127.0.0.1:8000/health?deep=1\n";
    const [, list] = parse(text(`${health}verify: [{ type: http, path: / }]`)).targets;
    expect(list?.settings.verify).toMatchObject({
      on_failure: "rollback",
      base_url: "http://127.0.0.1:8000",
      checks: [{ type: "http", path: "/", on_failure: "rollback", name: undefined }],
    });
    const map = parse(
      text(
        "verify: { on_failure: warn, timeout: 1m, base_url: 'http://x', checks: [{ type: http, path: /, on_failure: rollback }, { type: links }] }",
      ),
    ).targets[1];
    expect(map?.settings.verify).toMatchObject({
      timeout: 60_000,
      base_url: "http://x",
      checks: [{ on_failure: "rollback" }, { on_failure: "warn" }],
    });
    expect(list?.settings.requires).toBeUndefined();
    expect(parse(text("verify: []")).targets[1]?.settings.verify).toBeUndefined();
  });

  it.each([
    [
      "no word of the family",
      "verify:\n  - { type: htpp, path: / }",
      /^16:21: .*is "htpp", and must be one of http, sql/,
    ],
    ["no base URL", "verify:\n  - { type: http, path: / }", /^16:13: .*verify\[0\] \(http\) needs verify.base_url/],
    [
      "two places",
      "verify:\n  checks: [{ type: http, path: /, url: 'http://x/' }]",
      /^16:20: .*`path` or `url`, not both/,
    ],
    ["no expectation", "verify: [{ type: sql, url: 'sqlite:/x', query: select 1 }]", /^15:18: .*says what to expect/],
    ["no service", "verify: [{ type: log }]", /^15:18: .*the environment has no service/],
    [
      "a service that tells nothing",
      "service: { manager: command, restart: 'true' }\nverify: [{ type: log }]",
      /^16:18: .*name the command that prints it, `logs`, beside `restart`/,
    ],
    ["no regular expression", "verify: [{ type: log, pattern: '(' }]", /^15:40: .*Invalid regular expression/],
    ["no JSON path", "verify: [{ type: http, url: 'http://x/', json: { '$.a[': 1 } }]", /"\$\.a\[".*no JSON path/],
    ["no path", "verify: [{ type: http, path: health }]", /^15:38: .*a path starts with "\/"/],
    ["a missing key", "verify: [{ type: command }]", /^15:18: .*verify\[0\] lacks the key "command"/],
    ["a misspelt key of the map", "verify: { checks: [], timout: 3s }", /did you mean "timeout"\?/],
  ])("is refused with %s, at its place", (_, yaml, expected) => {
    expect(complaints(text(yaml))).toEqual([expect.stringMatching(expected)]);
  });

  it("never shows a secret of a check, and does not take its variable from the commands of the target", () => {
    const yaml = text(
      "verify:\n  - { type: sql, url: '${DATABASE_URL}', query: select 1, value: 1 }\n  - { type: http, url: 'http://x/', request: { headers: { Authorization: 'Bearer ${TOKEN}' } } }",
    );
    const env = { DATABASE_URL: "postgres://ann:pass-word@db/shop", TOKEN: "t0ken-value" };
    const config = parse(yaml, env);
    const shown = JSON.stringify(showConfig(config)) + inspect(config, { depth: 20 });
    for (const value of ["pass-word", "t0ken-value"]) {
      expect(shown).not.toContain(value);
      expect(secretValues(config).some((each) => each.includes(value))).toBe(true);
    }
    expect(secretVariables(config)).toEqual([]);
    expect(checkSecrets(parse(yaml)).map(({ line, message }) => `${line}: ${message}`)).toEqual([
      "16: the environment variable DATABASE_URL is not set, nor for the target: fraisier env set api/production DATABASE_URL",
      "17: the environment variable TOKEN is not set, nor for the target: fraisier env set api/production TOKEN",
    ]);
    expect(checkSecrets(parse(yaml), () => ["DATABASE_URL", "TOKEN"])).toEqual([]);
    const two = yaml.replace("${DATABASE_URL}", "postgres://${DB_USER}:${DB_PASSWORD}@db/shop");
    for (const [known, set] of [
      [{ DB_USER: "ann" }, []],
      [{}, ["DB_USER"]],
      [{ DB_USER: "" }, ["DB_USER"]],
    ] as const) {
      expect(checkSecrets(parse(two, { TOKEN: "t0ken", ...known }), () => set).map(({ message }) => message)).toEqual([
        "the environment variable DB_PASSWORD is not set, nor for the target: fraisier env set api/production DB_PASSWORD",
      ]);
    }
  });
});

describe("requires: and tag:", () => {
  const verified = "        verify: [{ type: command, command: 'true' }]";

  it("are read with their defaults", () => {
    const [, production] = parse(
      text(
        "requires: { environment: development, verified: true, within: 24h }\ntag: 'deploy/{environment}/{date}-{short}'",
        verified,
      ),
    ).targets;
    expect(production?.settings.requires).toEqual({ environment: "development", verified: true, within: 86_400_000 });
    expect(production?.settings.tag).toEqual({ name: "deploy/{environment}/{date}-{short}", push: true });
    expect(
      parse(text("requires: { environment: development }\ntag: { name: x, push: false }")).targets[1]?.settings,
    ).toMatchObject({
      requires: { verified: false, within: undefined },
      tag: { push: false },
    });
  });

  it.each([
    [
      "an unknown environment",
      "requires: { environment: developmet }",
      "",
      '15:34: api has no environment "developmet"; did you mean "development"?',
    ],
    [
      "itself",
      "requires: { environment: production }",
      "",
      "15:34: api/production requires itself: name the environment that comes before it",
    ],
    [
      "one that waits for it",
      "requires: { environment: development }",
      "        requires: { environment: production }",
      "11:34: api/development and api/production wait for each other: no revision could ever be deployed",
    ],
    [
      "verification where nothing is verified",
      "requires: { environment: development, verified: true }",
      "",
      "15:34: api/development has no `verify:` checks, so nothing can be verified there",
    ],
  ])("refuse %s, at its place", (_, production, development, expected) => {
    expect(complaints(text(production, development))).toContain(expected);
  });

  it.each(["a b", "-x", "x..y", "x/", "{environmnt}", "a.lock", "@", "v~1", ".x", "a/.b"])(
    "refuse the tag %j",
    (name) => {
      expect(complaints(text(`tag: ${JSON.stringify(name)}`))).toEqual([
        expect.stringMatching(/^15:14: .*(no name git takes|is none of)/),
      ]);
    },
  );
});
