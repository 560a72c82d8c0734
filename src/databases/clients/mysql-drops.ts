const NAME = (column: string): string => `concat('\`', replace(${column}, '\`', '\`\`'), '\`')`;

/**
 * Asks for the statements that empty a database, as hexadecimal text: names may hold anything. The database itself stays, with its character
 * set and the rights on it, so that whoever dies half way can do it again. Not all at once, as what a client prints is kept in memory. A package takes its body along.
 */
export const DROPS = `
select statement from (
  select 1 as turn, hex(concat('drop ', lower(routine_type), ' ', ${NAME("routine_name")})) as statement
    from information_schema.routines where routine_schema = database() and routine_type in ('PROCEDURE', 'FUNCTION')
  union all
  select 2, hex(concat('set sql_mode = oracle; drop package ', ${NAME("routine_name")}))
    from information_schema.routines where routine_schema = database() and routine_type = 'PACKAGE'
  union all
  select 3, hex(concat('drop event ', ${NAME("event_name")})) from information_schema.events where event_schema = database()
  union all
  select 4, hex(concat('drop view ', ${NAME("table_name")}))
    from information_schema.tables where table_schema = database() and table_type = 'VIEW'
  union all
  select 5, hex(concat('drop ', if(table_type = 'SEQUENCE', 'sequence ', 'table '), ${NAME("table_name")}))
    from information_schema.tables where table_schema = database() and table_type <> 'VIEW'
) found order by turn limit 1000`;

/** The statements that rows of `DROPS` say. */
export function statementsOf(rows: readonly (readonly string[])[]): readonly string[] {
  return rows.map(([hex = ""]) => Buffer.from(hex, "hex").toString());
}
