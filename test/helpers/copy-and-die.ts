/** Copies a store, and dies by SIGKILL before the write with this number: `node copy-and-die.ts <from> <to> <number>`. Without a number it prints how many writes there were. */
import Database from "better-sqlite3";
import { Client } from "pg";
import { copyStore } from "../../src/store/copying/copy-store.ts";

const [, , from = "", to = "", deadly = "0"] = process.argv;
let writes = 0;

function reach(sql: string): void {
  if (/^\s*(?:select|with|pragma|set local)/i.test(sql)) return;
  writes += 1;
  if (writes !== Number(deadly)) return;
  process.kill(process.pid, "SIGKILL");
  for (;;);
}

const query = Client.prototype.query;
Client.prototype.query = function (this: Client, sql: string, values?: readonly unknown[]) {
  reach(sql);
  return query.call(this, sql, values);
};
const statement = Object.getPrototypeOf(new Database(":memory:").prepare("select 1")) as Database.Statement;
const run = statement.run;
statement.run = function (this: Database.Statement, ...values: unknown[]) {
  reach(this.source);
  return run.apply(this, values);
};
const exec = Database.prototype.exec;
Database.prototype.exec = function (this: Database.Database, sql: string) {
  reach(sql);
  return exec.call(this, sql);
};

await copyStore({ from, to, isDryRun: false, onProgress: () => undefined });
process.stdout.write(String(writes));
