import { expect, it } from "vitest";
import { families } from "../../src/app.ts";
import { commandEnvironment } from "../../src/config/command-environment.ts";
import { parseConfig } from "../../src/config/load.ts";

it("the environment of commands has neither the key of variables nor the runner's mark, by which the next runner would end a restarted service", () => {
  const env = { PATH: "/bin", FRAISIER_DEPLOYMENT: "1m7zkkw128rfz", FRAISIER_KEY_FILE: "/key" };
  const config = parseConfig("name: shop", "fraises.yaml", families, env);
  expect(commandEnvironment(config)).toEqual({ PATH: "/bin" });
});
