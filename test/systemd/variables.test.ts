import { execFile } from "node:child_process";
import { chownSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { localFiles } from "../../src/host/local-files.ts";
import { environmentFileText } from "../../src/steps/service/write-environment-file.ts";
import { openVault } from "../../src/variables/vault.ts";
import { createScenario } from "../helpers/scenario.ts";
import { API, freshStore } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

const run = async (...[program = "", ...args]: string[]): Promise<string> =>
  (await promisify(execFile)(program, args)).stdout;

const VALUES: Readonly<Record<string, string>> = {
  PLAIN: "plain",
  EMPTY: "",
  SPACES: "  both ends  ",
  QUOTES: `a "b" 'c' \`d\``,
  DOLLAR: "$HOME ${HOME} $$ $(id) %h %%",
  BACKSLASH: "a\\b \\n \\\\ ends with \\",
  LINES: "line 1\nline 2\n\n  line 4 \\\nlast\n",
  HASH: "# no comment ; none either",
  EQUALS: "a=b=c",
  TABS: "\ttab\tand\rreturn",
  UNICODE: "naïve 🍓 \u00a0",
  LONG: "x".repeat(32_000),
};

describe("variables under a real systemd", () => {
  it("are read from the EnvironmentFile as they were set, by systemd and by a shell", async () => {
    const file = join(temporaryFolder(), "api.env");
    await localFiles.writeSecret(file, environmentFileText(new Map(Object.entries(VALUES))));
    const bySystemd = await run(
      "systemd-run",
      "--quiet",
      "--wait",
      "--pipe",
      `--property=EnvironmentFile=${file}`,
      "env",
      "-0",
    );
    const byShell = await run("env", "-i", "/bin/sh", "-c", 'set -a; . "$0"; exec /usr/bin/env -0', file);
    for (const text of [bySystemd, byShell]) {
      const seen = new Map(
        text.split("\0").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
      );
      for (const [name, value] of Object.entries(VALUES)) expect({ [name]: seen.get(name) }).toEqual({ [name]: value });
    }
  });

  it("reach a service with its restart, in a file of its user's own", async () => {
    const name = "envshop.service";
    const scenario = await createScenario({
      unit: { name, scope: "system" },
      environment: "environment_file: ENVIRONMENT_FILE\nuser: nobody",
    });
    const file = join(scenario.folder, "shop.env");
    const config = join(scenario.folder, "fraises.yaml");
    writeFileSync(config, readFileSync(config, "utf8").replace("ENVIRONMENT_FILE", file));
    writeFileSync(
      `/run/systemd/system/${name}`,
      `[Service]\nExecStart=${readFileSync(join(scenario.folder, "ExecStart"), "utf8")}\nEnvironmentFile=-${file}\n`,
    );
    await run("systemctl", "daemon-reload");
    onTestFinished(async () => void (await run("systemctl", "stop", name)));
    // Another test may have installed the template unit, which is for the configuration in /etc.
    await scenario.with({ FRAISIER_LAUNCHER: "process" }).start();
    await scenario.fraisier("env", "set", "shop", "GREETING", "good day", "--target", "production");
    const revision = await scenario.commit("1");
    await scenario.push();
    expect(await scenario.settled(revision)).toMatchObject({ status: "succeeded" });
    const pid = (await run("systemctl", "show", "--value", "--property", "MainPID", name)).trim();
    expect(readFileSync(`/proc/${pid}/environ`, "utf8").split("\0")).toContain("GREETING=good day");
    expect(statSync(file)).toMatchObject({ mode: 0o100600, uid: Number((await run("id", "-u", "nobody")).trim()) });
  });

  it("open with a key that is a credential of the unit, for a user who may not read the file", async () => {
    const store = await freshStore();
    const folder = dirname(store.file);
    const nobody = Number((await run("id", "-u", "nobody")).trim());
    const group = Number((await run("id", "-g", "nobody")).trim());
    // Made by root in a folder of the daemon's user: it must be able to read it.
    chownSync(folder, nobody, group);
    const vault = openVault({ store, files: localFiles, stateDirectory: folder, env: {} });
    await vault.set(API, new Map([["TOKEN", "a token"]]), "root@here");
    const key = join(folder, "fraisier.key");
    expect(statSync(key)).toMatchObject({ mode: 0o100600, uid: nobody });
    const kept = join(temporaryFolder(), "kept/fraisier.key");
    mkdirSync(dirname(kept), { mode: 0o700 });
    renameSync(key, kept);
    chownSync(kept, 0, 0);
    const script = join(folder, "read.ts");
    const src = join(import.meta.dirname, "../../src");
    writeFileSync(
      script,
      `import { openVault } from "${src}/variables/vault.ts";
import { localFiles } from "${src}/host/local-files.ts";
import { openStore } from "${src}/store/store.ts";
const store = await openStore("sqlite:${store.file}");
const vault = openVault({ store, files: localFiles, stateDirectory: "${folder}", env: process.env });
console.log(Object.fromEntries(await vault.read(${JSON.stringify(API)})));
await store.close();
`,
    );
    for (const suffix of ["", "-wal", "-shm"]) chownSync(store.file + suffix, nobody, group);
    const seen = await run(
      "systemd-run",
      "--quiet",
      "--wait",
      "--pipe",
      "--property=User=nobody",
      `--property=LoadCredential=fraisier.key:${kept}`,
      process.execPath,
      script,
    );
    expect(seen).toContain("TOKEN: 'a token'");
  });
});
