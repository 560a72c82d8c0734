import { execFileSync } from "node:child_process";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { editDump } from "../../src/backups/mysql-dump-text.ts";
import type { DumpEdit } from "../../src/backups/mysql-dump-text.ts";
import { backupScene, contentHash } from "../helpers/backups.ts";
import { hasMariadb, startMariadb } from "../helpers/mariadb.ts";
import type { MariadbServer } from "../helpers/mariadb.ts";

describe.skipIf(!hasMariadb)("a backup of MariaDB", { timeout: 60_000 }, () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  }, 60_000);
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

  it("that the user may not restore changes nothing", async () => {
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

  it("that does not fit the server any more changes nothing, where it can be tried out", async () => {
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

  it("that fails all the same says what the database holds", async () => {
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
});
