import { execFileSync, spawn } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { DISK_HINTS } from "../../src/domain/disk-trouble.ts";
import { syncAbove } from "../../src/backups/backup-folder.ts";
import type { Files } from "../../src/host/files.ts";
import { localHost } from "../../src/host/local-host.ts";
import { backupScene, contentHash } from "../helpers/backups.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { API, revision, wanted } from "../helpers/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

function sqliteFile(journal: "wal" | "delete" = "wal"): { file: string; url: string; sql(text: string): string } {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const file = join(folder, "shop.db");
  const sql = (text: string): string =>
    execFileSync("sqlite3", ["-bail", "-cmd", ".timeout 5000", file], { input: text, encoding: "utf8" });
  sql(`pragma journal_mode = ${journal}; create table account (id integer primary key, amount integer, note text);
    with recursive n(i) as (values (1) union all select i + 1 from n where i < 2000) insert into account select i, 100, hex(randomblob(500)) from n;`);
  return { file, url: `sqlite:${file}`, sql };
}

/** Whether this process may mount a file system of its own. */
const hasTmpfs = ((): boolean => {
  const folder = mkdtempSync(join(tmpdir(), "fraisier-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder]);
    return true;
  } catch {
    // Not root, or in a container: a full disk is not tested here then.
    return false;
  } finally {
    rmdirSync(folder);
  }
})();

describe("a backup", () => {
  for (const journal of ["wal", "delete"] as const) {
    it(`is one moment of an SQLite database that another process writes to all the time (journal_mode ${journal})`, async () => {
      const { file, url, sql } = sqliteFile(journal);
      // Money moves, and its sum stays.
      const writer = spawn(
        "python3",
        [
          "-c",
          `import sqlite3, random, time
db = sqlite3.connect(${JSON.stringify(file)}, timeout=30, isolation_level=None)
while True:
    a, b = random.sample(range(1, 2001), 2)
    db.execute("begin immediate")
    db.execute("update account set amount = amount - 1, note = hex(randomblob(500)) where id = ?", (a,))
    db.execute("update account set amount = amount + 1 where id = ?", (b,))
    db.execute("commit")
    time.sleep(0.001)`,
        ],
        { stdio: ["ignore", "inherit", "inherit"] },
      );
      onTestFinished(() => void writer.kill("SIGKILL"));
      await new Promise((resolve) => setTimeout(resolve, 500));
      const scene = await backupScene(url);
      const backups = scene.backups();
      const made = [];
      for (let i = 0; i < 3; i++) made.push(await backups.create({ reason: "by hand" }));
      expect(writer.exitCode).toBeNull();
      const moved = (): string => sql("select count(*) from account where amount <> 100");
      expect(Number(moved())).toBeGreaterThan(10);
      // Restored under the writer's hands too: it goes on with what was restored.
      await backups.restore(made[0]?.id ?? "");
      expect(sql("select sum(amount), count(*) from account; pragma integrity_check;")).toBe("200000|2000\nok\n");
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(writer.exitCode).toBeNull();
      writer.kill("SIGKILL");
      expect(sql("select sum(amount) from account; pragma integrity_check;")).toBe("200000\nok\n");
      expect(readdirSync(join(file, "..")).filter((name) => name.includes("fraisier-copy"))).toEqual([]);
    });
  }

  it.runIf(hasPostgres)("is one moment of a PostgreSQL database that another process writes to", async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = server.database("bank");
    server.query(
      url,
      "create table account (id integer primary key, amount integer, note text); insert into account select i, 100, repeat('x', 500) from generate_series(1, 20000) i",
    );
    const env = { PGHOST: new URL(url).searchParams.get("host") ?? "", PGUSER: "ann", PGPASSWORD: server.password };
    const writer = spawn("psql", ["-XAtq", "-d", "bank"], {
      env: { ...process.env, ...env },
      stdio: ["pipe", "ignore", "ignore"],
    });
    writer.stdin.write(
      `do $$ begin for i in 1..1000000 loop
         update account set amount = amount - 1 where id = 1 + i % 20000; update account set amount = amount + 1 where id = 1 + (i * 7) % 20000; commit;
       end loop; end $$;\n`,
    );
    onTestFinished(() => void writer.kill("SIGKILL"));
    await new Promise((resolve) => setTimeout(resolve, 300));
    const scene = await backupScene(url);
    const { id } = await scene.backups().create({ reason: "by hand" });
    expect(writer.exitCode).toBeNull();
    server.query(url, "select pg_terminate_backend(pid) from pg_stat_activity where query like 'do $$%'");
    server.query(url, "drop table account");
    await scene.backups().restore(id);
    expect(server.query(url, "select sum(amount), count(*), sum((amount <> 100)::int) > 0 from account")).toEqual([
      "2000000|20000|t",
    ]);
  });

  it.runIf(hasPostgres)("leaves a PostgreSQL database exactly as it was if it cannot be restored", async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const url = server.database("shop");
    const env = {
      PGHOST: new URL(url).searchParams.get("host") ?? "",
      PGUSER: "ann",
      PGPASSWORD: server.password,
      PGDATABASE: "shop",
    };
    server.query(
      url,
      "create role bob; create table item (id integer primary key); alter table item owner to bob; insert into item values (1)",
    );
    const scene = await backupScene(url);
    const { id } = await scene.backups().create({ reason: "by hand" });
    server.query(url, "alter table item owner to ann; drop role bob; insert into item values (2)");
    const now = contentHash(url, env);
    await expect(scene.backups().restore(id)).rejects.toThrow(/nothing in it was changed.*role "bob" does not exist/);
    expect(contentHash(url, env)).toBe(now);
    server.query(url, "create role bob");
    await scene.backups().restore(id);
    expect(server.query(url, "select id from item")).toEqual(["1"]);
  });

  it.runIf(process.getuid?.() === 0)(
    "is made and restored as the user who owns the database, whose rights stay",
    async () => {
      const { file, url, sql } = sqliteFile();
      const [uid, gid] = [33, 33];
      for (const path of [join(file, ".."), file]) chownSync(path, uid, gid);
      chmodSync(file, 0o640);
      for (const name of [`${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
      const scene = await backupScene(url);
      const backups = scene.backups({ user: "www-data" });
      const { id, path } = await backups.create({ reason: "by hand" });
      expect(statSync(path).uid).toBe(0);
      const before = contentHash(url, {});
      sql("drop table account");
      for (const name of readdirSync(join(file, ".."))) chownSync(join(file, "..", name), uid, gid);
      await backups.restore(id);
      expect(contentHash(url, {})).toBe(before);
      expect(statSync(file)).toMatchObject({ uid, gid });
      expect(statSync(file).mode & 0o777).toBe(0o640);
      rmSync(file);
      await backups.restore(id);
      expect(statSync(file).uid).toBe(uid);
      await backups.verify(id);
    },
  );

  it.runIf(hasPostgres)("is restored by an ordinary user, beside what belongs to a superuser", async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const superuser = server.database("shop");
    server.query(
      superuser,
      `create role app login password '${server.password}'; alter database shop owner to app; create extension pgcrypto; create extension dblink`,
    );
    const url = superuser.replace("ann:", "app:");
    const env = {
      PGHOST: new URL(url).searchParams.get("host") ?? "",
      PGUSER: "app",
      PGPASSWORD: server.password,
      PGDATABASE: "shop",
    };
    const sql = (text: string): Buffer =>
      execFileSync("psql", ["-XAtqc", text], { env: { ...process.env, ...env }, stdio: "pipe" });
    sql(
      `create extension citext; create table item (id serial primary key, name citext, secret bytea default digest('x', 'sha1'));
       insert into item (name) values ('a'), ('b'); comment on table item is 'things'`,
    );
    const scene = await backupScene(url);
    const { id } = await scene.backups().create({ reason: "by hand" });
    const before = contentHash(url, env);
    sql(
      `create table more (item integer references item); alter table item drop column name;
       create extension hstore; create table h (h hstore)`,
    );
    await scene.backups().restore(id);
    await scene.backups().restore(id);
    expect(contentHash(url, env)).toBe(before);
    expect(
      server.query(
        superuser,
        "select extname || ' ' || rolname from pg_extension join pg_roles r on r.oid = extowner order by 1",
      ),
    ).toEqual(["citext app", "dblink ann", "pgcrypto ann", "plpgsql ann"]);
    await scene.backups().verify(id);
  });

  it("comes back into an SQLite database in WAL mode with pages of another size", async () => {
    const { url, sql } = sqliteFile("delete");
    const scene = await backupScene(url);
    const { id } = await scene.backups().create({ reason: "by hand" });
    sql("drop table account; pragma page_size = 8192; vacuum; pragma journal_mode = wal; create table other (x);");
    await scene.backups().restore(id);
    expect(sql("select count(*) from account; pragma journal_mode; pragma page_size;")).toBe("2000\nwal\n4096\n");
    // A service that was not stopped has it open.
    sql(
      "pragma journal_mode = delete; pragma page_size = 8192; vacuum; pragma journal_mode = wal; create table other (x);",
    );
    const open = spawn("sqlite3", [url.slice("sqlite:".length)], { stdio: ["pipe", "pipe", "ignore"] });
    onTestFinished(() => void open.kill());
    open.stdin.write("select 1 from account limit 1;\n");
    await new Promise((resolve) => open.stdout.once("data", resolve));
    await expect(scene.backups({ timeoutMs: 40_000 }).restore(id)).rejects.toThrow(/pages of another size.*stop/s);
    open.kill();
    await new Promise((resolve) => open.once("exit", resolve));
    expect(sql(".tables")).toContain("other");
    await scene.backups().restore(id);
    expect(sql("pragma journal_mode; pragma page_size")).toBe("wal\n4096\n");
  });

  it("is made and restored whatever the file's name is", async () => {
    const file = join(temporaryFolder(), "a\nb\t$(touch x)\\'\"*.db");
    execFileSync("sqlite3", [file, "create table t (x); insert into t values (1)"]);
    const scene = await backupScene(`sqlite:${file}`);
    const { id } = await scene.backups().create({ reason: "by hand" });
    execFileSync("sqlite3", [file, "drop table t"]);
    await scene.backups().restore(id);
    expect(execFileSync("sqlite3", [file, "select x from t"], { encoding: "utf8" })).toBe("1\n");
    expect(readdirSync(join(file, "..")).map((name) => join(file, "..", name))).toEqual([
      file,
      `${file}.fraisier-lock`,
    ]);
  });

  it("brings a missing database file back as missing, and makes no file by asking", async () => {
    const file = join(temporaryFolder(), "new.db");
    const scene = await backupScene(`sqlite:${file}`);
    const { id } = await scene.backups().create({ reason: "by hand" });
    expect(existsSync(file)).toBe(false);
    execFileSync("sqlite3", [file, "create table t (x)"]);
    await scene.backups().verify(id);
    await scene.backups().restore(id);
    expect(execFileSync("sqlite3", [file, ".tables"], { encoding: "utf8" }).trim()).toBe("");
  });

  it("takes little memory, however large the database is", async () => {
    const scene = await backupScene(undefined, { dump: "head -c 600000000 /dev/zero", restore: "wc -c >&2; false" });
    const before = process.memoryUsage.rss();
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage.rss());
    }, 20);
    onTestFinished(() => clearInterval(watch));
    const { id, manifest } = await scene.backups().create({ reason: "by hand" });
    expect(manifest.dump.unpacked_bytes).toBe(600_000_000);
    expect(manifest.dump.bytes).toBeLessThan(1_000_000);
    await expect(scene.backups().restore(id)).rejects.toThrow("600000000");
    expect(most - before).toBeLessThan(200_000_000);
  });

  it("leaves no folder if it fails, and says so on record", async () => {
    const scene = await backupScene(undefined, { dump: "echo half; echo no such thing >&2; exit 3", restore: "cat" });
    await expect(scene.backups().create({ reason: "by hand" })).rejects.toThrow(
      "database.backup.dump: it ended with exit code 3: no such thing",
    );
    await expect(scene.backups({ settings: { dump: ["true"] } }).create({ reason: "by hand" })).rejects.toThrow(
      "printed nothing",
    );
    await expect(
      scene.backups({ settings: { dump: ["no-such-program"] } }).create({ reason: "by hand" }),
    ).rejects.toThrow("there is no program no-such-program");
    await expect(
      scene.backups({ settings: { dump: "yes" }, timeoutMs: 300 }).create({ reason: "by hand" }),
    ).rejects.toThrow("took longer than");
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(new Error("cancelled by ann")), 300);
    await expect(
      scene.backups({ settings: { dump: "yes" }, signal: cancel.signal }).create({ reason: "by hand" }),
    ).rejects.toThrow("cancelled by ann");
    await expect(
      scene.backups({ settings: { dump: "echo half; kill -9 $$" } }).create({ reason: "by hand" }),
    ).rejects.toThrow("ended by SIGKILL");
    expect(readdirSync(scene.directory)).toEqual([".lock"]);
    const rows = await scene.store.databases.backupHistory(API, { limit: 9 });
    expect(rows.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => "failed"));
  });

  it.runIf(hasTmpfs)("gives the room back if it fills the disk, and is no backup then", async () => {
    const scene = await backupScene(undefined, { dump: "head -c 50000000 /dev/urandom", restore: "cat" });
    mkdirSync(scene.directory, { recursive: true });
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", scene.directory]);
    onTestFinished(() => void execFileSync("umount", [scene.directory]));
    await expect(scene.backups().create({ reason: "by hand" })).rejects.toMatchObject({
      message: expect.stringContaining("no space left on device"),
      hint: DISK_HINTS.full,
    });
    expect(readdirSync(scene.directory)).toEqual([".lock"]);
    // Where the size can be told, it is not even begun.
    const { url, sql } = sqliteFile();
    sql("create table big (x); insert into big values (zeroblob(20000000))");
    const known = await backupScene(url, { directory: scene.directory });
    await expect(known.backups().create({ reason: "by hand" })).rejects.toThrow(
      /has 8 MiB free, and the backup may take \d+ MiB/,
    );
  });

  it("is not made twice under one name, and what a dead process left is not taken for one", async () => {
    const { url } = sqliteFile();
    const scene = await backupScene(url);
    const id = "06abc00000000";
    mkdirSync(join(scene.directory, `${id}.unfinished`), { recursive: true });
    writeFileSync(join(scene.directory, `${id}.unfinished`, "database.sqlite.zst"), "half");
    mkdirSync(join(scene.directory, "06abb00000000.deleting"));
    await scene.store.databases.beginBackup(API, {
      id: "06aba00000000",
      deployment: undefined,
      revision: "",
      engine: "sqlite",
      path: join(scene.directory, "06aba00000000"),
      by: "ann",
    });
    const first = await scene.backups().create({ id, reason: "by hand" });
    const written = statSync(join(first.path, "manifest.json")).mtimeMs;
    const again = await scene.backups().create({ id, reason: "by hand" });
    expect(again).toEqual(first);
    expect(statSync(join(first.path, "manifest.json")).mtimeMs).toBe(written);
    expect(readdirSync(scene.directory)).toEqual([".lock", id]);
    expect(await scene.store.databases.backupHistory(API, { limit: 9 })).toMatchObject([
      { id, status: "complete", error: "" },
      { id: "06aba00000000", status: "failed", error: "the process that made it died" },
    ]);
  });

  it("is made by two targets of one SQLite database at once, and clears away the remains of a dead one", async () => {
    const { file, url } = sqliteFile();
    writeFileSync(`${file}.fraisier-copy-dead`, "half");
    const scenes = [await backupScene(url), await backupScene(url), await backupScene(url)];
    const made = await Promise.all(scenes.map((scene) => scene.backups().create({ reason: "by hand" })));
    for (const [index, scene] of scenes.entries()) await scene.backups().verify(made[index]?.id ?? "");
    expect(readdirSync(join(file, "..")).filter((name) => name.includes("fraisier-copy"))).toEqual([]);
  });

  it("is found out if it was tampered with, whatever was changed", async () => {
    const { url } = sqliteFile();
    const scene = await backupScene(url);
    const backups = scene.backups();
    const make = async () => await backups.create({ reason: "by hand" });
    const flipped = await make();
    const dump = join(flipped.path, flipped.manifest.dump.name);
    const bytes = readFileSync(dump);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(dump, bytes);
    await expect(backups.verify(flipped.id)).rejects.toThrow("has changed: its SHA-256 is");
    const edited = await make();
    const manifest = join(edited.path, "manifest.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace('"by": "ann"', '"by": "eve"'));
    await expect(backups.restore(edited.id)).rejects.toThrow("manifest.json has changed");
    const config = await make();
    appendFileSync(join(config.path, "fraises.yaml"), "#");
    await expect(backups.verify(config.id)).rejects.toThrow("fraises.yaml has 13 bytes; 12 were written");
    const torn = await make();
    writeFileSync(join(torn.path, "manifest.json"), "{");
    await expect(backups.verify(torn.id)).rejects.toThrow("manifest.json is no JSON");
    const gone = await make();
    rmSync(join(gone.path, gone.manifest.dump.name));
    await expect(backups.verify(gone.id)).rejects.toThrow("is missing");
    const moved = await make();
    renameSync(moved.path, join(scene.directory, "zzzzzzzzzzzzz"));
    expect((await backups.list()).broken.map(({ problem }) => problem)).toEqual([
      "manifest.json is no JSON",
      `its manifest is that of ${moved.id}`,
    ]);
    await expect(backups.verify("0000000000000")).rejects.toThrow("there is no backup 0000000000000");
  });

  it("waits for another one of the same directory, and not for ever", async () => {
    const scene = await backupScene(undefined, { dump: "sleep 1.5; echo data", restore: "cat" });
    const first = scene.backups().create({ reason: "by hand" });
    await new Promise((resolve) => setTimeout(resolve, 500));
    await expect(
      scene.backups({ settings: { dump: "echo quick" }, timeoutMs: 200 }).create({ reason: "by hand" }),
    ).rejects.toThrow("is in use by another backup");
    await Promise.all([first, scene.backups({ settings: { dump: "echo quick" } }).create({ reason: "by hand" })]);
    expect((await scene.backups().list()).whole).toHaveLength(2);
  });
});

describe("a backup directory that is new", () => {
  it("is on disk with everything above it", async () => {
    const synced: string[] = [];
    const { files } = localHost();
    const watched: Files = {
      ...files,
      sync: async (path) => {
        await files.sync(path);
        synced.push(path);
      },
    };
    await syncAbove(watched, join(temporaryFolder(), "state", "backups"));
    // What is not there, or may not be read, is passed over.
    expect(synced).toContain(tmpdir());
    expect(synced.at(-1)).toBe("/");
  });
});

describe("old backups", () => {
  it("go, but never the newest, another target's, or the one somebody may go back to", async () => {
    const scene = await backupScene(undefined, { dump: "echo data", restore: "cat", keep: 2 });
    const other = { ...API, environment: "staging" };
    const shared = { directory: scene.directory };
    await scene.backups({ target: other, settings: shared }).create({ reason: "by hand" });
    const { deployment } = await scene.store.queue.enqueue(API, "person", wanted(revision("a")));
    if (deployment === undefined) throw new Error("not queued");
    await scene.store.queue.claim(deployment, { leaseMs: 60_000, claimer: "{}" });
    const before = await scene.backups().create({
      deployment: { id: deployment, revision: revision("a") },
      reason: "before",
    });
    expect(before.manifest).toMatchObject({ deployment, deploys: revision("a") });
    const made = [];
    for (let i = 0; i < 4; i++) made.push((await scene.backups().create({ reason: "by hand" })).id);
    const ids = async () => (await scene.backups().list()).whole.map(({ id }) => id);
    expect(await ids()).toEqual([before.id, ...made.slice(2)]);
    expect((await scene.backups({ target: other, settings: shared }).list()).whole).toHaveLength(1);
    const narrow = scene.backups({ settings: { keep: 1 } });
    expect((await narrow.prune({ dryRun: true })).map(({ id }) => id)).toEqual(made.slice(2, 3));
    expect(await ids()).toHaveLength(3);
    await narrow.prune();
    expect(await ids()).toEqual([before.id, ...made.slice(3)]);
    expect((await scene.store.databases.backupHistory(API, { limit: 9 })).map(({ status }) => status)).toEqual([
      "complete",
      "deleted",
      "deleted",
      "deleted",
      "complete",
    ]);
    // One that is to be restored outlives the backup made before that.
    await narrow.create({ reason: "safety", spare: made[3] ?? "" });
    expect(await ids()).toContain(made[3]);
    rmSync(before.path, { recursive: true });
    await narrow.prune();
    expect(
      (await scene.store.databases.backupHistory(API, { limit: 9 })).find(({ id }) => id === before.id)?.status,
    ).toBe("deleted");
  });
});
