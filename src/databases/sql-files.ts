import { createHash } from "node:crypto";
import { join } from "node:path";
import { StepFailed } from "../domain/errors.ts";
import type { Files } from "../host/files.ts";
import type { Migration } from "./migration-tool.ts";
import { transactionWordIn } from "./transaction-words.ts";

/** A migration of plain SQL, with the texts of its ways. */
export interface SqlMigration extends Migration {
  readonly file: string;
  readonly sha256: string;
  readonly up: SqlScript;
  readonly down: SqlScript | undefined;
}

export interface SqlScript {
  /** As in its file, at its line: what an error says of a line is true. */
  readonly sql: string;
  readonly transaction: boolean;
  /** For errors: `0003_price.sql`. */
  readonly file: string;
}

/** Safe in SQL, in a shell and on a terminal. */
const NAME = /^[A-Za-z0-9][\w.+-]{0,150}\.sql$/;
const UP = /^--\s*migrate:up\b(.*)$/im;
const DOWN = /^--\s*migrate:down\b(.*)$/im;
const NO_TRANSACTION = /^--\s*migrate:no-transaction\b/im;

/**
 * The migrations of a folder, in order: `0001_x.up.sql` beside `0001_x.down.sql`, one `0001_x.sql` with `-- migrate:up` and
 * `-- migrate:down`, or a plain one that has no way back.
 * @throws StepFailed that names what is wrong.
 */
export async function readSqlMigrations(files: Files, folder: string): Promise<readonly SqlMigration[]> {
  if (!(await files.exists(folder))) {
    throw new StepFailed(`there is no folder of migrations ${folder}`, {
      hint: "Mend database.migrations, or commit the folder.",
    });
  }
  const names = (await files.list(folder)).filter((name) => name.endsWith(".sql"));
  const bad = names.find((name) => !NAME.test(name));
  if (bad !== undefined) {
    throw new StepFailed(`${JSON.stringify(bad)} is no name for a migration`, {
      hint: "Use letters, digits and . _ + - : 0001_create_users.sql",
    });
  }
  const found: SqlMigration[] = [];
  for (const name of names.filter((each) => !each.endsWith(".down.sql"))) {
    const id = name.replace(/(\.up)?\.sql$/, "");
    if (found.some((other) => other.id === id)) {
      throw new StepFailed(`there are two migrations ${id} in ${folder}: ${id}.sql and ${id}.up.sql`, {
        hint: "Keep one of them.",
      });
    }
    const down = `${id}.down.sql`;
    found.push(await readMigration(files, folder, { id, up: name, down: names.includes(down) ? down : undefined }));
  }
  const lonely = names.find((name) => name.endsWith(".down.sql") && !found.some(({ id }) => `${id}.down.sql` === name));
  if (lonely !== undefined) {
    throw new StepFailed(`${lonely} takes back a migration that is not there`, { hint: `Where is its .up.sql?` });
  }
  return found.toSorted((a, b) => byNumber(a.id, b.id));
}

/** The names of the files of one migration. */
interface FileNames {
  readonly id: string;
  readonly up: string;
  /** Undefined if the way back has no file of its own. */
  readonly down: string | undefined;
}

async function readMigration(files: Files, folder: string, names: FileNames): Promise<SqlMigration> {
  const file = join(folder, names.up);
  const text = (await files.readText(file)) ?? "";
  const whole = { id: names.id, file, sha256: createHash("sha256").update(text).digest("hex") };
  const [up, down] = sections(text, names.up);
  if (names.down === undefined) return { ...whole, reversible: down !== undefined, up, down };
  if (down !== undefined) {
    throw new StepFailed(`${names.up} has a section migrate:down, and there is ${names.down} too`, {
      hint: "Keep one of them.",
    });
  }
  const downText = (await files.readText(join(folder, names.down))) ?? "";
  return { ...whole, reversible: true, up, down: script(downText, names.down, "") };
}

/** Both ways of one file. */
function sections(text: string, name: string): [SqlScript, SqlScript | undefined] {
  const [up, down] = [UP.exec(text), DOWN.exec(text)];
  if (up === null && down === null) return [script(text, name, ""), undefined];
  if (up === null || (down !== null && down.index < up.index)) {
    throw new StepFailed(`${name} must begin with "-- migrate:up", and "-- migrate:down" comes after it`);
  }
  const header = NO_TRANSACTION.test(text.slice(0, up.index)) ? " transaction:false" : "";
  const end = down?.index ?? text.length;
  return [
    script(text.slice(0, end), name, `${header} ${up[1] ?? ""}`),
    down === null
      ? undefined
      : script(
          // Empty lines in place of what stands before it.
          text.slice(0, down.index).replaceAll(/[^\n]+/g, "") + text.slice(down.index),
          name,
          `${header} ${down[1] ?? ""}`,
        ),
  ];
}

function script(sql: string, file: string, options: string): SqlScript {
  const transaction = !NO_TRANSACTION.test(sql) && !/\btransaction:false\b/.test(options);
  return { sql, transaction, file };
}

/** @throws StepFailed for a script that would end the transaction it runs in. */
export function refuseTransactionWords({ sql, file }: SqlScript): void {
  const word = transactionWordIn(sql);
  if (word === undefined) return;
  throw new StepFailed(`${file} says ${word.toUpperCase()} itself, and runs in a transaction of fraisier's`, {
    hint: `Take it out; or put the line "-- migrate:no-transaction" on top, then it is the file's own.`,
  });
}

/** 2_b before 10_a: people count. */
function byNumber(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => BigInt(/^\d+/.exec(text)?.[0] ?? "-1")) as [bigint, bigint];
  if (left !== right) return left < right ? -1 : 1;
  return a < b ? -1 : 1;
}
