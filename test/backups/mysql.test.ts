import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { editDump } from "../../src/backups/mysql-dump-text.ts";
import type { DumpEdit } from "../../src/backups/mysql-dump-text.ts";
import { mayName, renamed } from "../../src/backups/mysql-self-naming.ts";
import { backupScene, contentHash } from "../helpers/backups.ts";
import { hasMariadb, startMariadb } from "../helpers/mariadb.ts";
import type { MariadbServer } from "../helpers/mariadb.ts";

describe.skipIf(!hasMariadb)("a backup of MariaDB", () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(async () => await server.stop());

  /** A database, with somebody who may do everything in it and nothing elsewhere. */
  function shop(name: string) {
    const admin = server.database(name);
    const password = decodeURIComponent(new URL(admin).password);
    server.query(
      name,
      `create user ${name}@localhost identified by '${password}'; grant all on ${name}.* to ${name}@localhost;
       create table item (id integer primary key auto_increment, name varchar(100), tag varbinary(9)) character set utf8mb4;
       insert into item (name, tag) values ('a);\\n(', x'00ff'), ('INSERT INTO \`x\`', null);`,
    );
    return {
      admin,
      url: admin.replace("ann:", `${name}:`),
      query: (sql: string) => server.query(name, sql),
      hash: () => contentHash(admin, { MYSQL_PWD: password }),
      /** As the ordinary user. */
      sql: (text: string) =>
        execFileSync("mysql", [`--socket=${new URL(admin).searchParams.get("socket") ?? ""}`, `--user=${name}`, name], {
          input: text,
          env: { ...process.env, MYSQL_PWD: password },
          stdio: "pipe",
        }),
    };
  }

  it("is restored by an ordinary user, also what an administrator made, which becomes the user's", async () => {
    const { url, query, sql } = shop("plain");
    query(
      `set names utf8mb4; create definer='ann o\`k é'@'%' trigger t before insert on item for each row set new.name = concat(new.name, '.');
       create view v as select name from item; create event e on schedule every 1 day starts '2035-01-01' do delete from item;`,
    );
    sql("delimiter //\ncreate procedure p() begin\nINSERT INTO `item` VALUES (9, 'x', null);\nend//\n");
    const scene = await backupScene(url);
    const { id } = await scene.backups().create({ reason: "by hand" });
    query("drop view v; drop trigger t; delete from item; drop event e; drop procedure p");
    await scene.backups().restore(id);
    await scene.backups().restore(id);
    expect(query("select id, name, hex(tag) from item")).toEqual(["1|a);\\n(|00FF", "2|INSERT INTO `x`|NULL"]);
    expect(
      query("select trigger_name, definer from information_schema.triggers where trigger_schema = 'plain'"),
    ).toEqual(["t|plain@localhost"]);
    expect(query("select definer from information_schema.views where table_schema = 'plain'")).toEqual([
      "plain@localhost",
    ]);
    expect(query("select event_name, definer from information_schema.events where event_schema = 'plain'")).toEqual([
      "e|plain@localhost",
    ]);
    sql("call p()");
    expect(query("select name from item where id = 9; show tables like 'fraisier%'")).toEqual(["x."]);
    expect(scene.log.find((line) => line.includes("becomes"))).toMatch(
      /^plain@localhost may not restore what belongs to ann ok é@%, root@localhost as theirs: it becomes that of plain@localhost$/,
    );
  });

  it("changes nothing if the user may not restore it", async () => {
    const { url, query, hash } = shop("poor");
    query("create view v as select name from item");
    const scene = await backupScene(url);
    const { id } = await scene.backups().create({ reason: "by hand" });
    query("revoke create view on poor.* from poor@localhost; insert into item (name) values ('later')");
    const now = hash();
    await expect(scene.backups().restore(id)).rejects.toMatchObject({
      message: expect.stringMatching(
        /cannot be restored, and nothing in it was changed: .*CREATE VIEW command denied/s,
      ),
      hint: expect.stringContaining("database.url names the user"),
    });
    expect(hash()).toBe(now);
  });

  it("changes nothing if it does not fit the server any more and can be tried out", async () => {
    const { admin, query, hash } = shop("gone");
    query(
      `create database other; create table other.x (a integer); create sequence s;
       create table n (id integer default nextval(s)); create view v as select * from other.x`,
    );
    const scene = await backupScene(admin);
    const { id } = await scene.backups().create({ reason: "by hand" });
    const whole = hash();
    query("drop table n; drop sequence s");
    await scene.backups().restore(id);
    expect(hash()).toBe(whole);
    query("drop database other; insert into item (name) values ('later'); drop view v");
    const now = hash();
    await expect(scene.backups().restore(id)).rejects.toThrow(/nothing in it was changed: .*other\.x/s);
    expect(hash()).toBe(now);
    expect(query("show databases like '%trial'")).toEqual([]);
  });

  it("comes back if its views read a table named as the database", async () => {
    const { admin, query, hash } = shop("twin");
    query(
      `create table twin (id integer); insert into twin values (7); create view names as select twin.id from twin;
       create trigger twin.t before insert on twin.twin for each row set new.id = new.id + 1`,
    );
    const scene = await backupScene(admin);
    const { id } = await scene.backups().create({ reason: "by hand" });
    const whole = hash();
    query("drop view names; drop trigger t; delete from twin");
    await scene.backups().restore(id);
    expect(hash()).toBe(whole);
    expect(query("select id from names; insert into twin values (1); select max(id) from twin where id < 7")).toEqual([
      "7",
      "2",
    ]);
    expect(query("show databases like '%trial'")).toEqual([]);
  });

  it("comes back with the owners of its views if they have rights on this database only", async () => {
    const { admin, query, hash } = shop("store");
    query(
      `create definer=store@localhost view v1 as select id from item; create definer=store@localhost view v2 as select id from v1;
       create definer=store@localhost function f() returns integer reads sql data return (select count(*) from v2);
       create definer=store@localhost view v3 as select f() as n`,
    );
    const scene = await backupScene(admin);
    const { id } = await scene.backups().create({ reason: "by hand" });
    const whole = hash();
    query("drop view v1; delete from item");
    await scene.backups().restore(id);
    expect(hash()).toBe(whole);
    expect(query("select n from v3")).toEqual(["2"]);
    expect(scene.log.filter((line) => line.includes("tried"))).toEqual([]);
  });

  it("comes back although its trial fails because it names its database, and the log says so", async () => {
    const { admin, query, hash } = shop("named");
    query(
      `create database aside; create table aside.x (a integer); create table late (id integer);
       create view v as select late.id from late join aside.x on x.a = late.id; create view w as select id from v`,
    );
    const scene = await backupScene(admin);
    const { id } = await scene.backups().create({ reason: "by hand" });
    const whole = hash();
    query("drop view v; drop table late");
    await scene.backups().restore(id);
    expect(hash()).toBe(whole);
    expect(scene.log).toContainEqual(expect.stringMatching(/^not all of it tried out before: .*named\.late/s));
  });

  it("comes back for a user who may make a database, and do nothing else in it", async () => {
    const { url, query, hash } = shop("maker");
    query("grant create, drop on *.* to maker@localhost; create view v as select id from item");
    const scene = await backupScene(url);
    const { id } = await scene.backups().create({ reason: "by hand" });
    query("drop view v; create definer=maker@localhost view v as select id from item");
    const whole = hash();
    query("drop view v");
    await scene.backups().restore(id);
    expect(hash()).toBe(whole);
    expect(scene.log).toContainEqual(expect.stringMatching(/^not all of it tried out before: .*denied/));
    expect(query("show databases like '%trial'")).toEqual([]);
  });

  it("with a table whose file has a place of its own comes back", async () => {
    const { admin, query, hash } = shop("placed");
    const elsewhere = mkdtempSync(join(tmpdir(), "fraisier-data-"));
    onTestFinished(() => rmSync(elsewhere, { recursive: true }));
    query(`create table m (i integer) engine=myisam data directory='${elsewhere}'; insert into m values (1)`);
    const scene = await backupScene(admin);
    const { id } = await scene.backups().create({ reason: "by hand" });
    const whole = hash();
    query("delete from m");
    await scene.backups().restore(id);
    expect(hash()).toBe(whole);
    query("drop table m");
  });

  it("leaves the character set of the database alone when it is tried out", async () => {
    const { admin, query } = shop("calm");
    query(
      `create database there; create table there.x (a integer); create view v as select * from there.x;
       create trigger t before insert on item for each row set new.tag = null; alter database calm character set latin2`,
    );
    const scene = await backupScene(admin);
    const { id } = await scene.backups().create({ reason: "by hand" });
    query("alter database calm character set utf8mb4; drop database there");
    await expect(scene.backups().restore(id)).rejects.toThrow(/nothing in it was changed: .*there\.x/s);
    expect(query("select @@character_set_database")).toEqual(["utf8mb4"]);
  });

  it("says what the database holds if it fails all the same", async () => {
    const { admin, query } = shop("full");
    query("insert into item (name) values (repeat('x', 100))");
    query("create table big (t longtext); insert into big values (repeat('y', 3000000))");
    const scene = await backupScene(admin);
    const { id } = await scene.backups().create({ reason: "by hand" });
    query("set global max_allowed_packet = 1048576");
    await expect(scene.backups().restore(id)).rejects.toMatchObject({
      message: expect.stringMatching(/the MySQL database full now holds only a part of the backup$/),
      hint: expect.stringContaining("restore again"),
    });
    query("set global max_allowed_packet = 16777216");
    await scene.backups().restore(id);
    expect(query("select length(t) from big")).toEqual(["3000000"]);
  });
});

describe("the text of a dump of MySQL", () => {
  const DUMP = `INSERT INTO \`a\` VALUES
(1,'DELIMITER ;;'),
(2,'\\xff);');
DELIMITER ;;
CREATE DEFINER=\`root\`@\`%\` PROCEDURE \`p\`()
INSERT INTO \`a\` VALUES (1);
CREATE DEFINER=\`no\`@\`no\` PROCEDURE
;;
/*!50106 CREATE*/ /*!50117 DEFINER=\`root\`@\`%\`*/ /*!50106 EVENT \`e\` ON SCHEDULE EVERY 1 DAY DO begin
end */ ;;
DELIMITER ;
INSERT INTO \`b\` VALUES (1),(2);
-- the end`;
  /** However the stream is cut. */
  async function edited(edit: DumpEdit): Promise<string> {
    const results = new Set<string>();
    for (const size of [1, 7, 10_000]) {
      const bytes = Buffer.from(DUMP);
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
        bytes.subarray(i * size, (i + 1) * size),
      );
      const out: Buffer[] = [];
      for await (const chunk of editDump(Readable.from(chunks), edit)) out.push(chunk);
      results.add(Buffer.concat(out).toString());
    }
    expect(results.size).toBe(1);
    return [...results].join("");
  }

  it("stays what it is", async () => {
    expect(await edited({ rows: "keep" })).toBe(DUMP);
  });

  it("loses definers, and nothing that only looks like one", async () => {
    expect(await edited({ rows: "keep", making: () => "without definer" })).toBe(
      DUMP.replaceAll("DEFINER=`root`@`%` ", "").replaceAll("DEFINER=`root`@`%`", ""),
    );
  });

  it("loses rows and events", async () => {
    const text = await edited({
      rows: "leave out",
      making: ({ made }) => (made === "event" ? "leave out" : "keep"),
    });
    expect(text).toBe(
      "DELIMITER ;;\nCREATE DEFINER=`root`@`%` PROCEDURE `p`()\nINSERT INTO `a` VALUES (1);\nCREATE DEFINER=`no`@`no` PROCEDURE\n;;\nDELIMITER ;\n-- the end",
    );
  });

  it.each([
    ["shop", "select `shop`.`id`", true],
    ["shop", "trigger Shop . t before insert", true],
    ["shop", "trigger shop\n", true],
    ["shop", "-- Host: localhost    Database: shop\n", false],
    ["shop", "CREATE TABLE `shop` (\n", false],
    ["shop", "select `myshop`.`id`, `shop_item`.`id`", false],
    ["my-shop.1", "select `my-shop.1`.f()", true],
    ["my-shop.1", "select `my-shop01`.f()", false],
    ["caf\u00e9", "select caf\u00c3\u00a9.f()", true],
    ["caf\u00e9", "select caf\u00e9.f()", true],
    ["a`b", "select `a``b`.f()", true],
  ])("may name its database: %s in %j: %s", (database, line, expected) => {
    expect(mayName(database)(line)).toBe(expected);
  });

  it("is renamed where it is the database for sure", () => {
    expect(renamed("i int DEFAULT nextval(`a$&b`.`s`), `a$&b`.`id`", "a$&b", "c$&d")).toBe(
      "i int DEFAULT nextval(`c$&d`.`s`), `a$&b`.`id`",
    );
    expect(renamed("ALTER DATABASE `caf\u00c3\u00a9` CHARACTER SET x", "caf\u00e9", "d")).toBe(
      "ALTER DATABASE `d` CHARACTER SET x",
    );
  });
});
