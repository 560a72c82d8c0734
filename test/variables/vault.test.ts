import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { localFiles } from "../../src/host/local-files.ts";
import { openVault } from "../../src/variables/vault.ts";
import type { Vault, VaultParts } from "../../src/variables/vault.ts";
import { API, freshStore } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

type Store = Awaited<ReturnType<typeof freshStore>>;

interface Place {
  readonly store: Store;
  readonly vault: Vault;
  readonly key: string;
  with(parts: Partial<VaultParts>): Vault;
}

async function fresh(): Promise<Place> {
  const store = await freshStore();
  const parts: VaultParts = { store, files: localFiles, stateDirectory: dirname(store.file), env: {} };
  const vault = openVault(parts);
  return {
    store,
    vault,
    key: join(dirname(store.file), "fraisier.key"),
    with: (more) => openVault({ ...parts, ...more }),
  };
}

const SECRET = "correct horse battery staple";
const set = (vault: Vault, values: Record<string, string>, target = API): Promise<void> =>
  vault.set(target, new Map(Object.entries(values)), "ann@web1");
const read = async (vault: Vault, target = API): Promise<Record<string, string>> =>
  Object.fromEntries(await vault.read(target));
const recipients = (key: string): number => readFileSync(key, "utf8").match(/^AGE-SECRET-KEY-1/gm)?.length ?? 0;

/** Runs one statement against the store from outside, as somebody who tampers with it. */
function tamper(store: Store, sql: string, ...parameters: readonly unknown[]): void {
  const database = new Database(store.file);
  database.prepare(sql).run(...parameters);
  database.close();
}

describe("the vault", () => {
  it("gives back what was set, by target and job, and makes a private key", async () => {
    const { vault, key, store } = await fresh();
    expect(await read(vault)).toEqual({});
    expect(existsSync(key)).toBe(false);
    const values = { A: "", B: SECRET, C: "line 1\nline 2\n", D: "naïve 🍓 \"'`$\\" };
    await set(vault, values);
    await set(vault, { B: "of the job", E: "e" }, { ...API, job: "daily" });
    await set(vault, { B: "of another" }, { ...API, environment: "staging" });
    expect(await read(vault)).toEqual(values);
    expect(await read(vault, { ...API, job: "daily" })).toEqual({ ...values, B: "of the job", E: "e" });
    expect(await read(vault, { ...API, job: "weekly" })).toEqual(values);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect((await store.variables.of(API)).map(({ name, updatedBy }) => [name, updatedBy])).toEqual(
      Object.keys(values).map((name) => [name, "ann@web1"]),
    );
  });

  it("leaves no plain text in the store's files, while open and after", async () => {
    const { vault, store } = await fresh();
    await set(vault, { TOKEN: SECRET });
    await set(vault, { TOKEN: `${SECRET}!` });
    await vault.rotate();
    const traces = (): readonly string[] =>
      ["", "-wal", "-shm"].filter(
        (suffix) =>
          existsSync(store.file + suffix) &&
          [SECRET, "horse", Buffer.from(SECRET).toString("base64").slice(0, 20)].some((text) =>
            readFileSync(store.file + suffix).includes(text),
          ),
      );
    expect(existsSync(`${store.file}-wal`)).toBe(true);
    // What is looked for is really there: the name is not secret.
    expect(readFileSync(`${store.file}-wal`).includes("TOKEN")).toBe(true);
    expect(traces()).toEqual([]);
    await store.variables.delete(API, "TOKEN");
    await store.close();
    expect(traces()).toEqual([]);
  });

  it("notices a value that was moved to another row, or changed", async () => {
    const { vault, store } = await fresh();
    await set(vault, { ADMIN: "root", GUEST: "guest" });
    tamper(
      store,
      "update tb_environment_variable set value = (select value from tb_environment_variable where name = 'ADMIN') where name = 'GUEST'",
    );
    await expect(vault.read(API)).rejects.toThrow(
      "the value that the store has as GUEST of api/production belongs to something else",
    );
    tamper(store, "update tb_environment_variable set environment = 'staging' where name = 'ADMIN'");
    await expect(vault.read({ ...API, environment: "staging" })).rejects.toThrow("belongs to something else");
    const [row] = await store.variables.of(API);
    const bytes = Buffer.from(row?.value ?? []);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    tamper(store, "update tb_environment_variable set value = ? where name = 'GUEST'", bytes);
    await expect(vault.read(API)).rejects.toThrow("GUEST of api/production is damaged in the store");
  });

  it.each([0o640, 0o604, 0o660])("refuses a key of mode %o", async (mode) => {
    const { vault, key } = await fresh();
    await set(vault, { A: "1" });
    chmodSync(key, mode);
    await expect(vault.read(API)).rejects.toThrow("others may read the key");
    await expect(set(vault, { A: "2" })).rejects.toThrow("others may read the key");
    await expect(vault.rotate()).rejects.toThrow("others may read the key");
    chmodSync(key, 0o400);
    expect(await read(vault)).toEqual({ A: "1" });
  });

  it("prefers a credential to $FRAISIER_KEY_FILE to the state directory, and never mixes keys", async () => {
    const place = await fresh();
    await set(place.vault, { A: "1" });
    const folder = temporaryFolder();
    const named = join(folder, "named.key");
    const other = place.with({ env: { FRAISIER_KEY_FILE: named } });
    await expect(other.read(API)).rejects.toThrow(`not there: ${named}`);
    await expect(set(other, { B: "2" })).rejects.toThrow(`not there: ${named}`);
    expect(existsSync(named)).toBe(false);
    const elsewhere = await fresh();
    await set(elsewhere.vault, { A: "1" });
    writeFileSync(named, readFileSync(elsewhere.key), { mode: 0o600 });
    await expect(other.read(API)).rejects.toThrow("sealed for another key");
    await expect(set(other, { B: "2" })).rejects.toThrow("sealed for another key");
    // systemd's access lists show as permissions of the group.
    writeFileSync(join(folder, "fraisier.key"), readFileSync(place.key), { mode: 0o440 });
    const credential = place.with({ env: { FRAISIER_KEY_FILE: named, CREDENTIALS_DIRECTORY: folder } });
    expect(await read(credential)).toEqual({ A: "1" });
    await expect(credential.rotate()).rejects.toThrow("is a credential");
  });

  it("takes a new key once no value is left of the lost one", async () => {
    const { vault, key, store } = await fresh();
    await set(vault, { A: "1" });
    writeFileSync(key, "# nothing\n");
    await expect(vault.read(API)).rejects.toThrow("holds no key");
    const elsewhere = await fresh();
    await set(elsewhere.vault, { A: "1" });
    writeFileSync(key, readFileSync(elsewhere.key));
    await expect(set(vault, { B: "2" })).rejects.toThrow("sealed for another key");
    expect(await store.variables.delete(API, "A")).toBe(true);
    await set(vault, { B: "2" });
    expect(await read(vault)).toEqual({ B: "2" });
  });

  it("makes one key when several set the first value at once", async () => {
    const { vault, key } = await fresh();
    await Promise.all(Array.from({ length: 8 }, (_, index) => set(vault, { [`V${index}`]: String(index) })));
    expect(recipients(key)).toBe(1);
    expect(Object.keys(await read(vault))).toHaveLength(8);
  });
});

describe("rotating the key", () => {
  it("seals everything for the new key and forgets the old one", async () => {
    const { vault, key, store } = await fresh();
    await set(vault, { A: "1", B: "2" });
    const [oldKey, before] = [readFileSync(key, "utf8"), await store.variables.of(API)];
    expect(await vault.rotate()).toMatchObject({ count: 2, path: key });
    expect(await read(vault)).toEqual({ A: "1", B: "2" });
    expect(recipients(key)).toBe(1);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const after = await store.variables.of(API);
    expect(after.map(({ updatedAt, updatedBy }) => [updatedAt, updatedBy])).toEqual(
      before.map(({ updatedAt, updatedBy }) => [updatedAt, updatedBy]),
    );
    writeFileSync(key, oldKey);
    await expect(vault.read(API)).rejects.toThrow("sealed for another key");
  });

  it("leaves every value readable wherever it dies, and the next one tidies up", async () => {
    const place = await fresh();
    await set(place.vault, { A: "1", B: "2" });
    const died = new Error("power cut");
    const rewrites: string[] = [];
    // Dies before the key's file is written, after it and before the commit, and after the commit.
    const dying: readonly Partial<VaultParts>[] = [
      { files: { ...localFiles, rewriteText: () => Promise.reject(died) } },
      {
        files: {
          ...localFiles,
          rewriteText: async (path, text) => {
            await localFiles.rewriteText(path, text);
            throw died;
          },
        },
      },
      { store: { variables: { ...place.store.variables, holdKey: () => Promise.reject(died) } } },
    ];
    for (const parts of dying) {
      await expect(place.with(parts).rotate()).rejects.toThrow(died);
      expect(await read(place.vault)).toMatchObject({ A: "1", B: "2" });
      await set(place.vault, { C: String(rewrites.push("set")) });
      expect(await read(place.vault)).toMatchObject({ A: "1", C: String(rewrites.length) });
    }
    expect(recipients(place.key)).toBeGreaterThan(1);
    await place.vault.rotate();
    expect(recipients(place.key)).toBe(1);
    expect(await read(place.vault)).toEqual({ A: "1", B: "2", C: "3" });
  });

  it("sets a value although a whole rotation happens between the look at the store and that at the key", async () => {
    const { vault, store, with: other } = await fresh();
    await set(vault, { A: "1" });
    let rotations = 0;
    const late: VaultParts["store"] = {
      variables: {
        ...store.variables,
        recipient: async () => {
          const saw = await store.variables.recipient();
          if (rotations++ === 0) await vault.rotate();
          return saw;
        },
      },
    };
    await set(other({ store: late }), { B: "2" });
    expect(await read(vault)).toEqual({ A: "1", B: "2" });
  });

  it("loses nothing to others that set and read meanwhile", async () => {
    const { vault, key } = await fresh();
    await set(vault, { FIRST: "1" });
    const writers = Array.from({ length: 10 }, (_, index) => set(vault, { [`V${index}`]: String(index) }));
    const readers = Array.from({ length: 10 }, () => read(vault));
    await Promise.all([vault.rotate(), ...writers, vault.rotate(), ...readers]);
    for (const seen of await Promise.all(readers)) expect(seen).toMatchObject({ FIRST: "1" });
    expect(Object.keys(await read(vault))).toHaveLength(11);
    expect(recipients(key)).toBe(1);
  });
});
