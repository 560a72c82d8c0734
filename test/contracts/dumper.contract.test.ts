import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { dumpers } from "../../src/backups/index.ts";
import type { BackupSettings } from "../../src/config/backup-settings.ts";
import { backupScene, contentHash } from "../helpers/backups.ts";
import { hasMariadb, startMariadb } from "../helpers/mariadb.ts";
import { hasPostgres, startPostgres } from "../helpers/postgres.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** A database with something in it, as one engine has it. Each dumper has a line here. */
interface Database {
  readonly url: string | undefined;
  readonly settings?: Partial<BackupSettings>;
  readonly password: string;
  hash(): string;
  /** What a release that failed leaves: tables dropped, added, changed, and references from new to old. */
  spoil(): void;
}

const servers: { stop(): Promise<void> }[] = [];
afterAll(async () => {
  for (const server of servers) await server.stop();
});

const members: Readonly<Record<string, { readonly isThere: boolean; make(): Promise<Database> }>> = {
  postgresql: {
    isThere: hasPostgres,
    async make() {
      const server = await startPostgres();
      servers.push(server);
      const url = server.database("shop");
      const host = new URL(url).searchParams.get("host") ?? "";
      const env = { PGHOST: host, PGUSER: "ann", PGPASSWORD: server.password, PGDATABASE: "shop" };
      server.query(
        url,
        `create extension citext; create schema app; create schema "odd ""name"; create type mood as enum ('good', 'bad');
         create domain price as integer check (value >= 0);
         create table item (id serial primary key, name citext not null unique, cost price, feeling mood, at timestamptz default now());
         create table app.note (id integer generated always as identity primary key, item integer references item, body text, tags text[], data jsonb, raw bytea);
         create table "odd ""name"."My Table" ("a b" text);
         insert into item (name, cost, feeling) select 'item ' || i, i, 'good' from generate_series(1, 5000) i;
         insert into app.note (item, body, tags, data, raw) select i, E'tab\\there, line\\nbreak, back\\\\slash, \\u00e9\\u00df', array['a', null], '{"x": [1, null]}', '\\x00ff' from generate_series(1, 300) i;
         insert into "odd ""name"."My Table" values (null), (''), ('x');
         create view cheap as select * from item where cost < 10; create materialized view dear as select id from item where cost > 4990;
         create function twice(integer) returns integer language sql as 'select 2 * $1';
         create procedure nothing() language sql as 'select 1'; create aggregate total (integer) (sfunc = int4pl, stype = integer);
         create function touch() returns trigger language plpgsql as 'begin new.at := now(); return new; end';
         create trigger touched before update on item for each row execute function touch();
         create table part (k integer) partition by range (k); create table part_1 partition of part for values from (0) to (10); insert into part values (3);
         create publication everything for all tables; grant select on item to public; comment on table item is 'things';
         select lo_from_bytea(0, 'a large object');`,
      );
      return {
        url,
        password: server.password,
        hash: () => contentHash(url, env),
        spoil: () =>
          void server.query(
            url,
            `create table review (id serial primary key, item integer references item); create schema more; create table more.x (i integer);
             create view spoiled as select * from cheap; drop table app.note; alter table item add column extra text default 'x';
             delete from item where id % 2 = 0; update item set name = name || '!'; create type later as enum ('a'); create function later() returns integer language sql as 'select 1';
             alter sequence item_id_seq restart 900000; create extension pg_trgm; create table public.uses_trgm (t text); create index on uses_trgm using gin (t gin_trgm_ops);
             select lo_from_bytea(0, 'another'); revoke select on item from public; comment on table item is 'spoiled';`,
          ),
      };
    },
  },
  sqlite: {
    isThere: true,
    make() {
      const file = join(temporaryFolder(), 'it\'s a "shop".db');
      const sql = (text: string): Buffer => execFileSync("sqlite3", ["-bail", file], { input: text });
      sql(`pragma journal_mode = wal; create table item (id integer primary key, name text not null unique, raw blob);
        create table note (item integer references item, body text); create index by_item on note (item); create view v as select name from item;
        with recursive n(i) as (values (1) union all select i + 1 from n where i < 5000) insert into item select i, 'item ' || i, randomblob(20) from n;
        insert into note select id, 'é ' || char(10) || name from item;
        create trigger t after delete on item begin delete from note where item = old.id; end; pragma user_version = 7;`);
      return Promise.resolve({
        url: `sqlite:${file}`,
        password: "",
        hash: () => contentHash(`sqlite:${file}`, {}),
        spoil: () =>
          void sql(
            "create table review (x); drop table note; alter table item add column extra; delete from item where id % 2 = 0; vacuum;",
          ),
      });
    },
  },
  mysql: {
    isThere: hasMariadb,
    async make() {
      const server = await startMariadb();
      servers.push(server);
      const url = server.database("shop");
      const password = decodeURIComponent(new URL(url).password);
      server.query(
        "shop",
        `create table item (id integer primary key auto_increment, name varchar(100) not null unique, raw varbinary(20)) character set utf8mb4;
         create table note (id integer primary key, item integer, body text, foreign key (item) references item (id)) character set utf8mb4;
         insert into item (name, raw) select concat('item ', seq), unhex('00ff27') from seq_1_to_3000;
         insert into note select id, id, concat('é 🍓 ', name) from item; create view cheap as select name from item where id < 10;
         create procedure nothing() select 1; create trigger t before insert on note for each row set new.body = concat(new.body, '.');`,
      );
      return {
        url,
        password,
        hash: () => contentHash(url, { MYSQL_PWD: password }),
        spoil: () =>
          void server.query(
            "shop",
            `create table review (id integer, item integer, foreign key (item) references item (id)); drop table note;
             alter table item add column extra text; delete from item where id % 2 = 0; drop view cheap;`,
          ),
      };
    },
  },
  command: {
    isThere: true,
    make() {
      const file = join(temporaryFolder(), "data");
      writeFileSync(file, "x".repeat(100_000));
      return Promise.resolve({
        url: undefined,
        settings: { dump: ["cat", file], restore: `cat > ${file}.new && mv ${file}.new ${file}` },
        password: "",
        hash: () => readFileSync(file, "utf8"),
        spoil: () => writeFileSync(file, "spoiled"),
      });
    },
  },
};

describe("every dumper", () => {
  it("has its line here", () => {
    expect(Object.keys(members).toSorted()).toEqual(dumpers.map(({ engine }) => engine).toSorted());
  });
});

for (const [engine, { isThere, make }] of Object.entries(members)) {
  describe.runIf(isThere)(engine, { timeout: 60_000 }, () => {
    it("restores exactly what was there, and again, however often", async () => {
      const database = await make();
      const scene = await backupScene(database.url, database.settings);
      const before = database.hash();
      const backup = await scene.backups().create({ reason: "by hand" });
      expect(backup.manifest).toMatchObject({
        fraise: "api",
        engine: { name: engine },
        compress: "zstd",
        revision: null,
      });
      expect(database.hash()).toBe(before);
      database.spoil();
      expect(database.hash()).not.toBe(before);
      await scene.backups().restore(backup.id);
      expect(database.hash()).toBe(before);
      await scene.backups().restore(backup.id);
      expect(database.hash()).toBe(before);
      for (const compress of ["gzip", "none"] as const) {
        const other = await scene.backups({ settings: { compress } }).create({ reason: "by hand" });
        await scene.backups().verify(other.id);
        database.spoil();
        await scene.backups().restore(other.id);
        expect(database.hash()).toBe(before);
      }
    });

    it("keeps secrets and other users out, and finds what was damaged", async () => {
      const database = await make();
      const scene = await backupScene(database.url, database.settings);
      const { id, path, manifest } = await scene.backups().create({ reason: "by hand" });
      expect(statSync(path).mode & 0o777).toBe(0o700);
      for (const name of readdirSync(path)) {
        expect(statSync(join(path, name)).mode & 0o777).toBe(0o600);
        if (database.password !== "") expect(readFileSync(join(path, name), "latin1")).not.toContain(database.password);
      }
      expect(manifest.files.map(({ name }) => name)).toEqual(["fraises.yaml"]);
      await scene.backups().verify(id);
      database.spoil();
      const spoiled = database.hash();
      truncateSync(join(path, manifest.dump.name), manifest.dump.bytes - 1);
      await expect(scene.backups().verify(id)).rejects.toThrow(/bytes were? ?written|were written/);
      await expect(scene.backups().restore(id)).rejects.toThrow("were written");
      expect(database.hash()).toBe(spoiled);
    });
  });
}
