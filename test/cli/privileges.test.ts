import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createScenario } from "../helpers/scenario.ts";

const UNIT = { unit: { name: "shop-api.service", scope: "system" } } as const;

it("privileges prints, compares and installs the polkit rule for the units that fraises.yaml names", async () => {
  const scenario = await createScenario(UNIT);
  const state = join(scenario.folder, "state");
  mkdirSync(state);
  const rules = join(scenario.folder, "51-fraisier-targets.rules");
  const own = process.getuid?.() === 0;
  if (own) await scenario.program("chown", "nobody", state);
  const config = join(scenario.folder, "fraises.yaml");
  await scenario.program("sed", "-i", `s#^deployment: {#deployment: { state_directory: ${state},#`, config);

  const shown = await scenario.fraisier("privileges", "show");
  expect(shown).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('"shop-api.service": ["restart", "stop"'),
  });
  expect(shown.stdout).toContain(own ? 'subject.user !== "nobody"' : "subject.user");

  const missing = await scenario.fraisier("privileges", "diff", "--rules", rules);
  expect(missing.exitCode).toBe(1);
  expect(missing.stdout).toContain("sudo fraisier privileges install");

  expect(await scenario.fraisier("privileges", "install", "--rules", rules, "--dry-run")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("dry run: nothing was written"),
  });
  expect(existsSync(rules)).toBe(false);

  expect((await scenario.fraisier("privileges", "install", "--rules", rules)).exitCode).toBe(0);
  expect(readFileSync(rules, "utf8")).toBe(shown.stdout);
  expect(statSync(rules).mode & 0o777).toBe(0o644);
  expect((await scenario.fraisier("privileges", "diff", "--rules", rules)).exitCode).toBe(0);

  await scenario.program("sed", "-i", "s/shop-api.service/shop-web.service/", config);
  const changed = await scenario.fraisier("privileges", "diff", "--rules", rules, "--json");
  expect(changed.exitCode).toBe(1);
  expect(JSON.parse(changed.stdout)).toMatchObject({ equal: false, units: [{ unit: "shop-web.service" }] });
});

it.skipIf(process.getuid?.() !== 0)(
  "privileges writes units for the users that commands run as, never for root, and removes those of users that are not named any more",
  async () => {
    const scenario = await createScenario({ environment: "user: www-data\nbuild: { command: make, user: root }" });
    const [state, units] = [join(scenario.folder, "state"), join(scenario.folder, "units")];
    for (const folder of [state, units]) mkdirSync(folder);
    await scenario.program("chown", "nobody", state);
    const config = join(scenario.folder, "fraises.yaml");
    await scenario.program("sed", "-i", `s#^deployment: {#deployment: { state_directory: ${state},#`, config);
    writeFileSync(join(units, "fraisier-as-mine.socket"), "[Socket]\n");
    const places = ["--units", units, "--rules", join(scenario.folder, "51.rules")];
    const installed = await scenario.fraisier("privileges", "install", ...places);
    expect(installed.stdout).toContain("commands cannot run as root, as fraisier runs as nobody");
    const socket = readFileSync(join(units, "fraisier-as-www-data.socket"), "utf8");
    expect(socket).toMatch(/^SocketUser=nobody\nSocketMode=0600$/m);
    expect(readdirSync(units).toSorted()).toEqual([
      "fraisier-as-mine.socket",
      "fraisier-as-www-data.socket",
      "fraisier-as-www-data@.service",
    ]);
    expect((await scenario.fraisier("privileges", "diff", ...places)).exitCode).toBe(0);
    await scenario.program("sed", "-i", "/user: /d", config);
    expect((await scenario.fraisier("privileges", "diff", ...places)).exitCode).toBe(1);
    await scenario.fraisier("privileges", "install", ...places);
    // A file that fraisier did not write stays.
    expect(readdirSync(units)).toEqual(["fraisier-as-mine.socket"]);
  },
);

it.skipIf(process.getuid?.() !== 0)("privileges says who may install the rule, if the user may not", async () => {
  const scenario = await createScenario(UNIT);
  const folder = join(scenario.folder, "rules.d");
  mkdirSync(folder, { mode: 0o700 });
  chmodSync(join(scenario.folder, "fraises.yaml"), 0o644);
  const answer = await scenario
    .program(
      "setpriv",
      "--reuid=nobody",
      "--regid=nogroup",
      "--clear-groups",
      process.execPath,
      join(import.meta.dirname, "../../src/main.ts"),
      "privileges",
      "diff",
      "--rules",
      join(folder, "51.rules"),
    )
    .catch((error: { code: number; stderr: string }) => error);
  expect(answer).toMatchObject({
    code: 4,
    stderr: expect.stringContaining("hint: Run it as root: sudo fraisier privileges install"),
  });
});
