import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Scenario } from "./scenario.ts";

/** Makes `shop` of a scenario a fraise of type scheduled. @param environment the lines of `shop/production`, such as its jobs, without their indentation. */
export function writeJobs({ folder, bare, app }: Pick<Scenario, "folder" | "bare" | "app">, environment: string): void {
  const file = join(folder, "fraises.yaml");
  const head = readFileSync(file, "utf8").split("\nfraises:")[0] ?? "";
  writeFileSync(
    file,
    `${head}
fraises:
  shop:
    type: scheduled
    repository: acme/shop
    clone_url: ${bare}
    environments:
      production:
        branch: main
        app_path: ${app}
${environment.replaceAll(/^/gm, "        ")}
`,
  );
}
