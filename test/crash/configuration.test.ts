import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { it } from "vitest";
import { parse, stringify } from "yaml";
import { crashMatrix, expectNothingLost } from "./matrix.ts";

it("configuration: whoever dies, and wherever", { timeout: 1_200_000 }, async () => {
  let bare = "";
  const repository = (): Readonly<Record<string, string>> => ({ repository: "acme/shop", clone_url: bare });
  const result = await crashMatrix({
    name: "configuration",
    kinds: ["runner", "both"],
    async prepare(scenario) {
      ({ bare } = scenario);
      const file = join(scenario.folder, "fraises.yaml");
      const local = parse(readFileSync(file, "utf8")) as Record<string, unknown>;
      const settings = { type: "configuration", ...repository(), environments: { production: { branch: "main" } } };
      writeFileSync(file, stringify({ ...local, fraises: { settings } }));
    },
    files: (version) => ({
      "fraises.yaml": stringify({
        deployment: { retries: 0 },
        fraises: {
          site: {
            type: "script",
            description: `version ${version}`,
            ...repository(),
            environments: { production: { branch: "site", app_path: "/nowhere/site" } },
          },
        },
      }),
    }),
    folder: ({ folder }) => join(folder, "configuration"),
    // The version in the file that is in force, if the daemon has read just that one.
    async live(scenario) {
      const text = readFileSync(join(scenario.folder, "configuration/current/fraises.yaml"), "utf8");
      const { fraises } = parse(text) as { fraises: { site: { description: string } } };
      const { daemon } = JSON.parse((await scenario.fraisier("status", "--json")).stdout) as {
        daemon: { needs_reload: boolean };
      };
      return daemon.needs_reload ? "the daemon has read another one" : fraises.site.description;
    },
  });
  expectNothingLost(result);
});
