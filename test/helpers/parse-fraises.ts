import { families } from "../../src/compose/app.ts";
import type { Config } from "../../src/config/config.ts";
import { parseConfig } from "../../src/config/load.ts";
import { ConfigError } from "../../src/domain/errors.ts";

/** The target `api/production`, which tests of the store deploy, and nothing else. */
export const API_FRAISES = `
git: { github: { webhook_secret: secret } }
fraises:
  api:
    type: api
    repository: https://github.com/acme/shop.git
    environments:
      production: { app_path: /srv/api, branch: main }
`;

/** The configuration that a text of fraises.yaml means. */
export function parse(text: string, env: Record<string, string> = {}): Config {
  return parseConfig(text, "fraises.yaml", families, env);
}

/** Every complaint about a text of fraises.yaml as `line:column: message`. */
export function complaints(text: string, env: Record<string, string> = {}): readonly string[] {
  try {
    parse(text, env);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  }
}
