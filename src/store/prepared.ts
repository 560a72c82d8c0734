import type { Compilable, CompiledQuery, DialectAdapter, Kysely, RawBuilder } from "kysely";
import { sql } from "kysely";
import type { Tables } from "./tables.ts";

/** The values that a prepared query is run with, by name. A list stands for the values of `in (...)`. */
type Values = Readonly<Record<string, string | number | readonly string[]>>;

/** The places of a prepared query that take its values. */
export interface Places<Named extends Values> {
  /** The place of one value. */
  value<Name extends keyof Named>(name: Name): RawBuilder<Named[Name]>;
  /** The places of a list, one for each of its values. */
  list<Name extends keyof Named>(
    name: Name,
  ): readonly RawBuilder<Named[Name] extends readonly (infer Item)[] ? Item : never>[];
}

/** Stands in a compiled query where a value belongs. */
class Place {
  readonly name: string;
  /** The position in a list; undefined for a value that is none. */
  readonly index: number | undefined;

  constructor(name: string, index?: number) {
    this.name = name;
    this.index = index;
  }
}

/**
 * A query that is built and compiled once for each engine, and for each length of its lists, and then only run with new values: building a small query costs more
 * than running it. Fit for queries that every delivery needs; their lists should be short.
 */
export function prepared<Named extends Values, Row>(
  build: (db: Kysely<Tables>, places: Places<Named>) => Compilable<Row>,
): (db: Kysely<Tables>, values: Named) => Promise<readonly Row[]> {
  const known = new WeakMap<DialectAdapter, Map<string, CompiledQuery<Row>>>();
  return async (db, values) => {
    const queries = known.get(db.getExecutor().adapter) ?? new Map<string, CompiledQuery<Row>>();
    known.set(db.getExecutor().adapter, queries);
    const lengths = lengthsOf(values);
    let query = queries.get(lengths);
    if (query === undefined) {
      query = build(db, placesFor(values)).compile();
      queries.set(lengths, query);
    }
    const parameters = query.parameters.map((each) => (each instanceof Place ? valueAt(each, values) : each));
    return (await db.executeQuery<Row>({ ...query, parameters })).rows;
  };
}

function lengthsOf(values: Values): string {
  let lengths = "";
  for (const name in values) {
    const value = values[name];
    if (Array.isArray(value)) lengths += `${value.length} `;
  }
  return lengths;
}

function placesFor<Named extends Values>(values: Named): Places<Named> {
  return {
    value: (name) => sql`${new Place(String(name))}`,
    list: (name) => {
      const value = values[name];
      return Array.from({ length: Array.isArray(value) ? value.length : 0 }, (_, index) => {
        return sql`${new Place(String(name), index)}`;
      });
    },
  };
}

function valueAt({ name, index }: Place, values: Values): unknown {
  const value = values[name];
  return index === undefined ? value : (value as readonly string[])[index];
}
