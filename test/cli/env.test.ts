import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";

const TARGET = ["--target", "production"] as const;

describe("fraisier env", () => {
  it("sets, lists, gets, imports and deletes; prints a value only when told to", async () => {
    const scenario = await createScenario();
    const env = (...args: readonly string[]) => scenario.fraisier("env", ...args);
    expect((await env("list", "shop", ...TARGET)).stdout).toBe("shop/production has no variables\n");
    expect(await scenario.fraisierReads("piped secret\n", "env", "set", "shop", "TOKEN", ...TARGET)).toMatchObject({
      exitCode: 0,
      stderr: "",
    });
    expect(await env("set", "shop", "COLOUR", "green apples", ...TARGET)).toMatchObject({ exitCode: 0 });
    const listed = await env("list", "shop", ...TARGET);
    expect(listed.stdout).toMatch(/COLOUR +shop\/production +\*\*\* +\S+ +\S+@/);
    expect(listed.stdout + (await env("list", "shop", ...TARGET, "--json")).stdout).not.toMatch(/piped|green/);
    expect((await env("get", "shop", "TOKEN", ...TARGET)).stdout).toBe("***\n");
    expect((await env("get", "shop", "TOKEN", ...TARGET, "--reveal")).stdout).toBe("piped secret\n");
    expect(JSON.parse((await env("get", "shop", "TOKEN", ...TARGET, "--json")).stdout)).toMatchObject({ value: null });
    const file = join(scenario.folder, "shop.env");
    writeFileSync(file, `# for the shop\nexport COLOUR='red' # now\nKEY="line 1\nline 2"\n`);
    expect((await env("import", "shop", file, ...TARGET)).stdout).toContain("COLOUR, KEY");
    expect((await env("get", "shop", "KEY", ...TARGET, "--reveal")).stdout).toBe("line 1\nline 2\n");
    expect((await scenario.fraisierReads("MORE=1", "env", "import", "shop", ...TARGET)).exitCode).toBe(0);
    expect((await env("delete", "shop", "MORE", ...TARGET)).exitCode).toBe(0);
    expect((await env("rotate-key")).stdout).toContain("3 variables are sealed for the new key age1");
    expect((await env("get", "shop", "COLOUR", ...TARGET, "--reveal")).stdout).toBe("red\n");
    const traces = readdirSync(scenario.folder)
      .filter((name) => name.startsWith("fraisier.db"))
      .filter((name) => /piped secret|green apples|line 2/.test(readFileSync(join(scenario.folder, name), "latin1")));
    expect(traces).toEqual([]);
    expect(statSync(join(scenario.folder, "fraisier.key")).mode & 0o777).toBe(0o600);
  });

  it("refuses what makes no sense, and changes nothing", async () => {
    const scenario = await createScenario();
    const refused: readonly (readonly [readonly string[], string, string?])[] = [
      [["set", "shop", "A", ...TARGET], "nothing was entered, and nothing was changed"],
      [["set", "shp", "A", "x"], "Did you mean shop?"],
      [["set", "shop", "A", "x", ...TARGET, "--job", "daily"], "shop/production has no job daily"],
      [["delete", "shop", "ABSENT", ...TARGET], "has no variable ABSENT of its own"],
      [["import", "shop", ...TARGET], "in quotes: A='…'", "A=pass#word"],
      [["sett", "shop"], "Did you mean set?"],
    ];
    for (const [args, message, input = ""] of refused) {
      const { exitCode, stderr } = await scenario.fraisierReads(input, "env", ...args);
      expect(stderr).toContain(message);
      expect(stderr).not.toContain("pass#");
      expect(exitCode).toBe(2);
    }
    expect(await scenario.store.variables.of({ fraise: "shop", environment: "production", job: "" })).toEqual([]);
  });

  it("asks on a terminal without showing what is typed, and takes no half of a paste", async () => {
    const scenario = await createScenario();
    const main = join(import.meta.dirname, "../../src/main.ts");
    const screen = join(scenario.folder, "screen");
    // Types once the question is there: before that, the terminal itself would show it.
    const typed = (keys: string): Promise<string> =>
      scenario.program(
        "sh",
        "-c",
        `rm -f ${screen}
        (until grep -q "TYPED of" ${screen}; do sleep 0.1; done; sleep 0.3; printf "$1"; sleep 1) 2>/dev/null |
          script -qfec "$0 ${main} env set shop TYPED --target production" ${screen} || true`,
        process.execPath,
        keys,
      );
    expect(await typed("a typed secret\\n")).toMatch(
      /^fraisier uses \S+\r\nTYPED of shop\/production: \r\nTYPED is set/,
    );
    expect(await typed("two\\nlines\\n")).toContain("several lines were pasted");
    expect(await typed("half\\003")).toContain("nothing was entered");
    expect((await scenario.fraisier("env", "get", "shop", "TYPED", ...TARGET, "--reveal")).stdout).toBe(
      "a typed secret\n",
    );
  });

  it("loses nothing when processes set values while others rotate the key", async () => {
    const scenario = await createScenario();
    const sets = Array.from({ length: 6 }, (_, index) =>
      scenario.fraisier("env", "set", "shop", `V${index}`, `value ${index}`, ...TARGET),
    );
    const rotations = [scenario.fraisier("env", "rotate-key"), scenario.fraisier("env", "rotate-key")];
    const ends = await Promise.all([...sets, ...rotations]);
    expect(
      ends
        .map(({ stderr }) => stderr)
        .filter((text) => !/made by another process/.test(text))
        .join(""),
    ).toBe("");
    for (let index = 0; index < 6; index++) {
      const { stdout } = await scenario.fraisier("env", "get", "shop", `V${index}`, ...TARGET, "--reveal");
      expect(stdout).toBe(`value ${index}\n`);
    }
  });

  it("names in a dry run what is required and missing, and makes no key for it", async () => {
    const scenario = await createScenario({ environment: "required_env_vars: [DATABASE_URL, API_KEY]" });
    await scenario.commit("1");
    await scenario.push();
    await scenario.fraisier("env", "set", "shop", "API_KEY", "k3y", ...TARGET);
    const { stdout, exitCode } = await scenario.fraisier("deploy", "shop", "production", "--dry-run");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("fraisier env set shop/production DATABASE_URL");
    expect(stdout).not.toContain("set shop/production API_KEY");
    const json = await scenario.fraisier("deploy", "shop", "production", "--dry-run", "--json");
    expect(JSON.parse(json.stdout)).toMatchObject({ missing_variables: [{ name: "DATABASE_URL" }] });
    expect((await scenario.fraisier("env", "list", "shop", ...TARGET)).stdout).toContain("required and not set here");
    expect(existsSync(scenario.app) && readdirSync(scenario.app)).toEqual([]);
  });
});
