import type { SqlDatabase } from "../databases/clients/sql-client.ts";
import { mysqlName } from "../databases/clients/mysql-session.ts";
import { StepFailed } from "../domain/errors.ts";
import { editDump } from "./mysql-dump-text.ts";
import type { Made } from "./mysql-dump-text.ts";
import { mayName, renamed } from "./mysql-self-naming.ts";

/** The statements of a dump that need a right. */
export interface DumpNeeds {
  readonly made: ReadonlySet<Made>;
  readonly definers: ReadonlySet<string>;
  /** Its text may name this database, or seem to: under another name the text would not be the same. */
  readonly namesItself: boolean;
}

const PROBE = "fraisier_probe";
const MAKE: Readonly<Record<Made, string>> = {
  trigger: `create trigger ${PROBE} before insert on ${PROBE} for each row set new.x = 1;`,
  event: `create event ${PROBE} on schedule every 1 year disable do select 1;`,
  function: `create function ${PROBE}() returns integer deterministic return 1;`,
  procedure: `create procedure ${PROBE}() select 1;`,
  view: `create view ${PROBE}_view as select 1 as x;`,
};

/** Reads a dump to its end. */
export async function needsOf(dump: AsyncIterable<Buffer>, database: string): Promise<DumpNeeds> {
  const [made, definers] = [new Set<Made>(), new Set<string>()];
  const isNamed = mayName(database);
  let namesItself = false;
  const edited = editDump(dump, {
    rows: "leave out",
    making(each) {
      made.add(each.made);
      definers.add(each.definer);
      return "without definer";
    },
    line(line) {
      // Things with a name of their own are renamed.
      namesItself ||= isNamed(renamed(line, database, ""));
      return line;
    },
  });
  for await (const _ of edited);
  return { made, definers, namesItself };
}

/** Asks whether the user who restores may make everything that the dump makes, by making one thing of each kind. @throws StepFailed, and nothing is changed. */
export async function checkRights(database: SqlDatabase, { made }: DumpNeeds): Promise<void> {
  const drop = async (): Promise<void> => {
    for (const kind of ["event", "function", "procedure"] as const)
      if (made.has(kind)) await database.query(`drop ${kind} if exists ${PROBE}`).catch(() => {});
    await database.query(`drop view if exists ${PROBE}_view; drop table if exists ${PROBE}`).catch(() => {});
  };
  // A trial that died left these things.
  await drop();
  try {
    await database.query(
      `create table ${PROBE} (x integer primary key); lock tables ${PROBE} write; alter table ${PROBE} disable keys;
       insert into ${PROBE} values (1); unlock tables; ${[...made].map((kind) => MAKE[kind]).join("\n")}`,
    );
  } catch (error) {
    throw unchanged(database, error);
  } finally {
    await drop();
  }
}

/** The owners that the user who restores may not name. */
export async function foreignDefiners(
  database: SqlDatabase,
  { definers }: DumpNeeds,
): Promise<{ readonly user: string; readonly foreign: ReadonlySet<string> }> {
  const [[user = ""] = []] = await database.query("select current_user()");
  const at = user.lastIndexOf("@");
  const own = `${mysqlName(user.slice(0, at))}@${mysqlName(user.slice(at + 1))}`;
  const foreign = new Set<string>();
  for (const definer of definers) {
    if (definer === own) continue;
    const make = `create or replace definer=${definer} view ${PROBE}_view as select 1 as x`;
    const isOurs = await database.query(make).then(
      () => true,
      () => false,
    );
    if (!isOurs) foreign.add(definer);
  }
  if (definers.size > 0) await database.query(`drop view if exists ${PROBE}_view`).catch(() => {});
  return { user, foreign };
}

export function unchanged(database: SqlDatabase, error: unknown): unknown {
  if (!(error instanceof StepFailed)) return error;
  return new StepFailed(`${database.name} cannot be restored, and nothing in it was changed: ${error.message}`, {
    cause: error,
    hint: "Mend what it says, or let somebody restore who may do all of it: database.url names the user.",
  });
}
