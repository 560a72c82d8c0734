import { execFileSync } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { delivery } from "../helpers/store.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { CommandResult, Scenario } from "../helpers/scenario.ts";

const REVISIONS = Array.from({ length: 20 }, (_, number) => number.toString(16).padStart(2, "0").repeat(20));

/** A scenario with a deployment, a variable and the file `environment`; and the identity for backups. */
async function used(): Promise<{ scenario: Scenario; recipient: string; identity: string }> {
  const scenario = await createScenario();
  writeFileSync(join(scenario.folder, "environment"), "# for targets\nGREETING=hello\n", { mode: 0o600 });
  await scenario.start();
  const revision = await scenario.commit("1");
  await scenario.push();
  await scenario.settled(revision);
  await ok(scenario.fraisier("env", "set", "shop", "TOKEN", "a-secret-value", "--target", "production"));
  const identity = join(scenario.folder, "identity");
  const keygen = await ok(scenario.fraisier("store", "keygen", "--to", identity));
  return { scenario, identity, recipient: keygen.stdout.split("\n")[0] ?? "" };
}

async function ok(running: Promise<CommandResult>): Promise<CommandResult> {
  const result = await running;
  expect(result).toMatchObject({ exitCode: 0 });
  return result;
}

/** The same configuration on a machine that has nothing else. */
function freshHost(scenario: Scenario): { folder: string; config: string } {
  const folder = join(scenario.folder, "fresh");
  mkdirSync(folder);
  return { folder, config: join(folder, "fraises.yaml") };
}

describe("a backup of the store", () => {
  it("made while deliveries arrive is restored on a fresh host, with history, configuration and key", async () => {
    const { scenario, recipient, identity } = await used();
    const archive = join(scenario.folder, "backup.age");
    const deliveries = Promise.all(REVISIONS.map((after) => scenario.deliver({ after, ref: "refs/heads/other" })));
    const made = await ok(scenario.fraisier("store", "backup", "--to", archive, "--recipient", recipient, "--json"));
    expect((await deliveries).map(({ status }) => status)).toEqual(REVISIONS.map(() => 200));
    expect(JSON.parse(made.stdout)).toMatchObject({
      file: archive,
      bytes: statSync(archive).size,
      manifest: {
        parts: [{ name: "fraises.yaml" }, { name: "environment" }, { name: "fraisier.key" }, { name: "fraisier.db" }],
      },
    });
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect(readFileSync(archive).includes("AGE-SECRET-KEY")).toBe(false);
    expect(await scenario.store.upkeep.lastBackup()).toMatchObject({ file: archive, bytes: statSync(archive).size });
    expect(readdirSync(scenario.folder).filter((name) => name.includes("snapshot"))).toEqual([]);

    const before = await scenario.store.deployments.history({ limit: 50 });
    await scenario.stop();
    const lost = join(scenario.folder, "lost");
    mkdirSync(lost);
    for (const name of readdirSync(scenario.folder).filter((each) =>
      /^fraisier\.|^environment$|^fraises\.yaml$/.test(each),
    ))
      execFileSync("mv", [join(scenario.folder, name), lost]);
    await ok(scenario.fraisier("store", "verify", archive, "--identity", identity));
    const restored = await ok(scenario.fraisier("store", "restore", archive, "--identity", identity));
    expect(restored.stdout).toContain("Start the daemon: sudo systemctl start fraisier");
    for (const [name, mode] of [
      ["fraises.yaml", 0o640],
      ["environment", 0o640],
      ["fraisier.key", 0o600],
      ["fraisier.db", 0o640],
    ] as const) {
      expect([name, statSync(join(scenario.folder, name)).mode & 0o777]).toEqual([name, mode]);
    }
    const store = await openStore(`sqlite:${join(scenario.folder, "fraisier.db")}`);
    expect(await store.deployments.history({ limit: 50 })).toEqual(before);
    expect(await store.check()).toEqual([]);
    await store.close();
    const value = await ok(scenario.fraisier("env", "get", "shop", "TOKEN", "--target", "production", "--reveal"));
    expect(value.stdout).toContain("a-secret-value");
    await scenario.start();
    expect((await scenario.deliver({ after: REVISIONS[0] ?? "", ref: "refs/heads/other" })).status).toBe(200);
  });

  it("is never written over what is there, nor under a living daemon, and dry runs write nothing", async () => {
    const { scenario, recipient, identity } = await used();
    const archive = join(scenario.folder, "backup.age");
    const dry = await ok(scenario.fraisier("store", "backup", "--to", archive, "--recipient", recipient, "--dry-run"));
    expect(dry.stdout).toMatch(/Nothing is written\..* encrypted and hold:\n {2}fraises\.yaml/s);
    expect(existsSync(archive)).toBe(false);
    await ok(scenario.fraisier("store", "backup", "--to", archive, "--recipient", recipient));
    const restore = ["store", "restore", archive, "--identity", identity];
    expect(await scenario.fraisier(...restore, "--force")).toMatchObject({
      exitCode: 3,
      stderr: expect.stringMatching(
        /a daemon works with the store .*\nhint: Stop it first: sudo systemctl stop fraisier/,
      ),
    });
    await scenario.stop();
    expect(await scenario.fraisier(...restore)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/the store \S+ holds 1 deployments, 1 deliveries and 1 variables/),
    });
    expect((await ok(scenario.fraisier(...restore, "--dry-run"))).stdout).toContain(
      "In the way, without --force: the store",
    );
    expect(readdirSync(scenario.folder).filter((name) => name.includes(".before-restore-"))).toEqual([]);
    await ok(scenario.fraisier(...restore, "--force"));
    const kept = readdirSync(scenario.folder).filter((name) => name.includes("fraisier.db.before-restore-"));
    const old = await openStore(`sqlite:${join(scenario.folder, kept.find((name) => name.endsWith("Z")) ?? "")}`);
    expect(await old.upkeep.counts()).toMatchObject({ deployments: 1, variables: 1 });
    await old.close();
  });

  it("is refused if it is shortened, changed, or for another identity; then nothing is written", async () => {
    const { scenario, recipient, identity } = await used();
    await scenario.stop();
    const [whole, short, changed] = ["whole", "short", "changed"].map((name) => join(scenario.folder, `${name}.age`));
    await ok(scenario.fraisier("store", "backup", "--to", whole ?? "", "--recipient", recipient));
    const bytes = readFileSync(whole ?? "");
    cpSync(whole ?? "", short ?? "");
    truncateSync(short ?? "", bytes.length - 1_000);
    bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    writeFileSync(changed ?? "", bytes);
    const fresh = freshHost(scenario);
    const restore = async (file: string | undefined, ...how: readonly string[]): Promise<CommandResult> =>
      await scenario.fraisier("store", "restore", file ?? "", "--config", fresh.config, "--force", ...how);
    for (const file of [short, changed]) {
      expect(await restore(file, "--identity", identity)).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining(`the archive ${file} is damaged, shortened or no archive of fraisier`),
      });
    }
    const other = join(scenario.folder, "other");
    await ok(scenario.fraisier("store", "keygen", "--to", other));
    expect(await restore(whole, "--identity", other)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("encrypted for another recipient"),
    });
    expect(await restore(whole)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("is encrypted") });
    expect(readdirSync(fresh.folder)).toEqual([]);
    expect(readdirSync(scenario.folder).filter((name) => name.includes("before-restore"))).toEqual([]);
  });

  it("by a passphrase opens with it; without encryption it has no secrets; nothing is assumed", async () => {
    const { scenario, recipient } = await used();
    const archive = join(scenario.folder, "backup");
    const passphrase = join(scenario.folder, "passphrase");
    writeFileSync(passphrase, "correct horse battery\n");
    const backup = ["store", "backup", "--to", archive];
    for (const how of [[], ["--unencrypted", "--recipient", recipient], ["--recipient", "age1nonsense"]]) {
      expect(await scenario.fraisier(...backup, ...how)).toMatchObject({ exitCode: 2 });
      expect(existsSync(archive)).toBe(false);
    }
    await ok(scenario.fraisier(...backup, "--passphrase-file", passphrase));
    await ok(scenario.fraisier("store", "verify", archive, "--passphrase-file", passphrase));
    const plain = await ok(scenario.fraisier(...backup, "--unencrypted", "--json"));
    const names = (JSON.parse(plain.stdout) as { manifest: { parts: { name: string }[] } }).manifest.parts;
    expect(names.map(({ name }) => name)).toEqual(["fraises.yaml", "fraisier.db"]);
    const listed = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" });
    expect(listed.trim().split("\n")).toEqual(["manifest.json", "fraises.yaml", "fraisier.db"]);
    expect(readdirSync(scenario.folder).filter((name) => name.startsWith(".backup."))).toEqual([]);
  });

  it.runIf(process.getuid?.() === 0)("leaves the state folder to its owner if root makes and restores it", async () => {
    const nobody = { uid: 65_534, gid: 65_534 };
    const scenario = await createScenario({
      store: {
        folder: "state",
        prepare: (path) => {
          mkdirSync(path, { mode: 0o750 });
          chownSync(path, nobody.uid, nobody.gid);
        },
      },
    });
    const state = join(scenario.folder, "state");
    const closed = join(scenario.folder, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const [archive, identity] = [join(closed, "backup.age"), join(closed, "identity")];
    const { stdout } = await ok(scenario.fraisier("store", "keygen", "--to", identity));
    await ok(scenario.fraisier("store", "backup", "--to", archive, "--recipient", stdout.split("\n")[0] ?? ""));
    expect(statSync(archive)).toMatchObject({ uid: 0, gid: 0 });
    expect(statSync(archive).mode & 0o777).toBe(0o600);
    expect(readdirSync(closed).toSorted()).toEqual(["backup.age", "identity"]);
    expect(await scenario.store.upkeep.lastBackup()).toMatchObject({ file: archive, bytes: statSync(archive).size });
    await ok(scenario.fraisier("store", "restore", archive, "--identity", identity, "--force"));
    for (const name of readdirSync(state)) expect(statSync(join(state, name))).toMatchObject(nobody);
    expect(statSync(join(scenario.folder, "fraises.yaml"))).toMatchObject({ uid: 0, gid: 0 });
  });

  it("finds its places from where fraises.yaml is now", async () => {
    const scenario = await createScenario();
    const [here, there] = ["here", "there"].map((name) => join(scenario.folder, name)) as [string, string];
    for (const folder of [here, there]) mkdirSync(folder);
    writeFileSync(join(here, "fraises.yaml"), "store: { url: 'sqlite:state.db' }\n");
    const passphrase = join(here, "passphrase");
    writeFileSync(passphrase, "correct horse battery\n");
    const store = await openStore(`sqlite:${here}/state.db`);
    await store.deliveries.record([delivery(REVISIONS[0] ?? "")]);
    await store.close();
    const how = ["--passphrase-file", passphrase];
    const archive = join(here, "backup.age");
    await ok(scenario.fraisier("store", "backup", "--to", archive, ...how, "--config", join(here, "fraises.yaml")));
    const restore = ["store", "restore", archive, ...how, "--config", join(there, "fraises.yaml")];
    await ok(scenario.fraisier(...restore));
    expect(
      readdirSync(there)
        .filter((name) => !/-(?:wal|shm)$/.test(name))
        .toSorted(),
    ).toEqual(["fraises.yaml", "state.db"]);
    const restored = await openStore(`sqlite:${there}/state.db`);
    expect(await restored.deliveries.history({ limit: 5 })).toHaveLength(1);
    await restored.close();
    expect(await scenario.fraisier(...restore)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining(`${there}/state.db holds`),
    });
  });

  it("is counted and checked by fraisier store check", async () => {
    const { scenario } = await used();
    const { stdout } = await ok(scenario.fraisier("store", "check", "--json"));
    expect(JSON.parse(stdout)).toMatchObject({
      problems: [],
      counts: { deployments: 1, variables: 1 },
      daemon: { pid: scenario.daemonPid() },
      last_backup: null,
    });
  });
});
