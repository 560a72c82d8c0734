import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { createScenario } from "./scenario.ts";
import type { Scenario, ScenarioOptions } from "./scenario.ts";

/** Lines of the local fraises.yaml: its own repository, as a fraise. */
const SETTINGS = (bare: string): string => `settings:
  type: configuration
  repository: acme/shop
  clone_url: ${bare}
  environments:
    production: { branch: settings }
`;

/** A scenario whose fraises.yaml may come from the branch `settings` of its repository. */
export async function createConfigured(options: ScenarioOptions = {}): Promise<Scenario> {
  return await createScenario({ ...options, fraises: SETTINGS("$FOLDER/shop.git") });
}

/** The text of a fraises.yaml for git: what the local one says of the fraise `shop`, changed. */
export function fraisesOf(
  scenario: Scenario,
  change: (shop: Record<string, unknown>, production: Record<string, unknown>) => void = () => {},
): string {
  const local = parse(readFileSync(join(scenario.folder, "fraises.yaml"), "utf8")) as {
    fraises: { shop: Record<string, unknown> & { environments: { production: Record<string, unknown> } } };
  };
  const { shop } = local.fraises;
  change(shop, shop.environments.production);
  return stringify({ deployment: { retries: 0 }, fraises: { shop } });
}

/** Pushes a fraises.yaml and gives its revision. */
export async function pushSettings(scenario: Scenario, text: string, version = "settings"): Promise<string> {
  const revision = await scenario.commit(version, { "fraises.yaml": text });
  await scenario.push("HEAD:settings");
  return revision;
}
