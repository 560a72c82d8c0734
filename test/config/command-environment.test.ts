import { describe, expect, it } from "vitest";
import { families } from "../../src/compose/app.ts";
import { commandEnvironment } from "../../src/config/secrets/command-environment.ts";
import { parseConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/domain/errors.ts";

const key = (fraise: string): { fraise: string; environment: string; job: string } => ({
  fraise,
  environment: "production",
  job: "",
});

it("the environment of commands has neither the key of variables nor the runner's mark, by which the next runner would end a restarted service", () => {
  const env = { PATH: "/bin", FRAISIER_DEPLOYMENT: "1m7zkkw128rfz", FRAISIER_KEY_FILE: "/key" };
  const config = parseConfig("name: shop", "fraises.yaml", families, env);
  expect(commandEnvironment(config, key("api"))).toEqual({ PATH: "/bin" });
});

const TWO_TARGETS = `git:
  github: { webhook_secret: "\${GITHUB_SECRET}" }
fraises:
  shop:
    type: api
    repository: acme/shop
    environments:
      production:
        branch: main
        app_path: /srv/shop
        database: { tool: sql, url: "\${SHOP_DATABASE}" }
        required_env_vars: [SHOP_KEY, HOME]
        install: "curl -u x:$SHOP_TOKEN https://example.org/\${SHARED}"
  blog:
    type: api
    repository: acme/blog
    clone_url: https://x:\${CLONE_TOKEN}@example.org/blog.git
    environments:
      production:
        branch: main
        app_path: /srv/blog
        install: [deploy, "\${SHARED}", "$PATH"]
`;

describe("two targets on one machine", () => {
  const all = {
    GITHUB_SECRET: "a",
    CLONE_TOKEN: "b",
    SHOP_DATABASE: "sqlite:/shop.db",
    SHOP_KEY: "c",
    SHOP_TOKEN: "d",
    SHARED: "e",
    EVERYBODY: "f",
    PATH: "/bin",
    HOME: "/home",
  };
  const config = parseConfig(TWO_TARGETS, "fraises.yaml", families, all);

  it("each get the variables that they name themselves, those that no target names, and what every program needs", () => {
    const { GITHUB_SECRET: _secret, CLONE_TOKEN: _token, ...shop } = all;
    expect(commandEnvironment(config, key("shop"))).toEqual(shop);
  });

  it("get no variable that only the other one names", () => {
    const blog = { SHARED: "e", EVERYBODY: "f", PATH: "/bin", HOME: "/home" };
    expect(commandEnvironment(config, key("blog"))).toEqual(blog);
  });

  it("cannot name the variable of a webhook's secret, which no runner may know", () => {
    const text = TWO_TARGETS.replaceAll("SHOP_DATABASE", "GITHUB_SECRET");
    expect(() => parseConfig(text, "fraises.yaml", families, all)).toThrow(
      expect.toSatisfy(
        (error) =>
          error instanceof ConfigError &&
          /GITHUB_SECRET holds the secret of a webhook/.test(error.problems[0]?.message ?? ""),
      ),
    );
  });
});
