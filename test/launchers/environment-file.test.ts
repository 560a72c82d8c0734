import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseEnvironmentFile } from "../../src/config/file/parse-environment-file.ts";
import { environmentFileText, writeEnvironmentFile } from "../../src/launchers/environment-file.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

it("the environment of a runner is read back as it was, whatever its values hold", () => {
  const environment = {
    PLAIN: "two words",
    QUOTES: `it's "so"`,
    SHELL: "`id` $(id) ${HOME} \\ \\n",
    LINES: "first\nsecond=x\n",
    EMPTY: "",
    HASH: "a#b;c",
  };
  expect(parseEnvironmentFile(environmentFileText(environment), "environment")).toEqual(environment);
});

it("only the owner may read the file and its folder, and files that a dead daemon left go with the next one", () => {
  const folder = join(temporaryFolder(), "runners");
  const old = writeEnvironmentFile("1m7zkkw128rfz", { A: "old" }, folder);
  utimesSync(old, 0, 0);
  const young = join(folder, "1m7zkkw128rg0.environment");
  writeFileSync(young, "");
  const file = writeEnvironmentFile("1m7zkkw128rg1", { A: "secret" }, folder);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  expect(readFileSync(file, "utf8")).toBe('A="secret"\n');
  expect([existsSync(old), existsSync(young)]).toEqual([false, true]);
});
