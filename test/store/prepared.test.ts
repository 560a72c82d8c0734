import Database from "better-sqlite3";
import type { Kysely } from "kysely";
import { Kysely as Engine, SqliteDialect } from "kysely";
import { expect, it, onTestFinished } from "vitest";
import type { Places } from "../../src/store/prepared.ts";
import { prepared } from "../../src/store/prepared.ts";
import type { Tables } from "../../src/store/tables.ts";
import { freshStore, revision, wanted } from "../helpers/store.ts";

function open(file: string): Kysely<Tables> {
  const database = new Database(file);
  onTestFinished(() => void database.close());
  return new Engine<Tables>({ dialect: new SqliteDialect({ database }) });
}

it("a prepared query is built once for each engine and each length of a list, and run with the values of each call", async () => {
  const store = await freshStore();
  for (const [fraise, digit] of ["api", "web", "shop"].entries())
    await store.queue.enqueue(
      { fraise: digit, environment: "production", job: "" },
      "person",
      wanted(revision(String(fraise))),
    );
  let built = 0;
  const revisionsOf = prepared(
    (db, { value, list }: Places<{ environment: string; fraises: readonly string[]; limit: number }>) => {
      built += 1;
      return db
        .selectFrom("tb_deployment")
        .select("revision")
        .where("status", "=", "queued")
        .where("environment", "=", value("environment"))
        .where("fraise", "in", list("fraises"))
        .orderBy("fraise")
        .limit(value("limit"));
    },
  );
  const db = open(store.file);
  const ask = async (fraises: readonly string[], limit = 9, environment = "production"): Promise<string> =>
    (await revisionsOf(db, { environment, fraises, limit })).map((row) => row.revision[0]).join("");
  expect(await ask(["api"])).toBe("0");
  expect(await ask(["web"])).toBe("1");
  expect(await ask(["web"], 9, "staging")).toBe("");
  expect(built).toBe(1);
  expect(await ask(["shop", "api"])).toBe("02");
  expect(await ask(["web", "api"], 1)).toBe("0");
  expect(built).toBe(2);
  expect(await revisionsOf(open(store.file), { environment: "production", fraises: ["api"], limit: 9 })).toHaveLength(
    1,
  );
  expect(built).toBe(3);
});
