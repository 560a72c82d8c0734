import { z } from "zod";
import type { Fields } from "../config/keys/fields.ts";
import { keepStart } from "../domain/cut.ts";
import { defineCheck } from "./check.ts";
import type { Seen, SettingsOf } from "./check.ts";
import { sqlCall } from "./sql-clients.ts";
import type { Row } from "./sql-clients.ts";
import { counted } from "../domain/counted.ts";

type Value = string | number | boolean | null;

/** A query, and the rows it must give. Asked in a transaction that may only read. */
export const sql = defineCheck({
  type: "sql",
  timeoutMs: 15_000,
  settings: keys,
  complaint(settings) {
    const { value, rows, row_count } = settings;
    const named = [value, rows, row_count].filter((each) => each !== undefined).length;
    return named === 1 ? undefined : "says what to expect by one of `value`, `rows` and `row_count`";
  },
  describe(settings) {
    const { query, value, rows, row_count } = settings;
    const exact = value ?? rows;
    const expected = exact === undefined ? `${row_count} rows` : JSON.stringify(exact);
    return `${keepStart(query.trim().replaceAll(/\s+/g, " "), 100)} gives ${expected}`;
  },
  async run(settings, { host, folder, env, user, timeoutMs, signal }) {
    const { url, query, user: own } = settings;
    const call = sqlCall(url.reveal(env), query);
    const runAs = own ?? user;
    const result = await host.processes.run(call.argv, {
      cwd: folder,
      env: { ...env, LC_ALL: "C.UTF-8", ...call.env },
      ...(runAs === undefined ? {} : { user: runAs }),
      input: call.input,
      timeoutMs,
      signal,
    });
    if (result.aborted) signal.throwIfAborted();
    if (result.timedOut) return { passed: false, seen: `no answer within ${timeoutMs / 1000} s` };
    if (result.exitCode !== 0) {
      return {
        passed: false,
        seen: complaintIn(result.tail) || `${call.argv[0]} ended with ${result.exitCode ?? "a signal"}`,
      };
    }
    if (result.stdoutIsCut) {
      return { passed: false, seen: "the answer is larger than 1 MiB: ask for less, for example count(*)" };
    }
    return compare(await call.rows(result.stdout), settings);
  },
});

function keys({ text, secret, whole, means }: Fields) {
  const value = z.union([text, z.literal(""), z.number(), z.boolean(), z.null()]);
  return {
    url: secret.describe("The database: `postgres://…`, `sqlite:…` or `mysql://…`"),
    query: text.describe("The query, in a transaction that may only read"),
    value: value
      .optional()
      .describe("The value that the one column of the one row must have. Say this, `rows` or `row_count`"),
    rows: z.array(z.array(value)).optional().describe("The rows that it must give, in this order"),
    row_count: whole.optional().describe("How many rows it must give"),
    user: text.optional().meta(means("The user that runs psql, sqlite3 or mysql", "the environment's `user`")),
  };
}

type Settings = SettingsOf<ReturnType<typeof keys>>;

/** From the line that complains on: before it mysql repeats the query. */
function complaintIn(tail: string): string {
  const lines = tail.split("\n").filter((line) => line.trim() !== "");
  const first = Math.max(
    0,
    lines.findIndex((line) => /error/i.test(line)),
  );
  return lines.slice(first, first + 3).join("; ");
}

function compare(rows: readonly Row[], settings: Settings): Seen {
  const { value, rows: wanted, row_count } = settings;
  if (row_count !== undefined) {
    const seen = counted(rows.length, "row");
    return { passed: rows.length === row_count, seen: rows.length === row_count ? seen : `${seen}, not ${row_count}` };
  }
  const expected = wanted ?? [[value ?? null]];
  const passed =
    rows.length === expected.length &&
    expected.every(
      (row, index) =>
        row.length === rows[index]?.length && row.every((each, column) => isSame(each, rows[index]?.[column] ?? null)),
    );
  return { passed, seen: passed ? shown(rows) : `${shown(rows)}, not ${shown(expected)}` };
}

/** Clients print texts: a number is the same however many zeros it ends with, and each engine has its own word for true. */
function isSame(expected: Value, given: string | null): boolean {
  if (expected === null || given === null) return expected === given;
  if (typeof expected === "number") return given.trim() !== "" && Number(given) === expected;
  if (typeof expected === "boolean") return (expected ? ["t", "true", "1"] : ["f", "false", "0"]).includes(given);
  return expected === given;
}

function shown(rows: readonly (readonly Value[])[]): string {
  if (rows.length === 0) return "no rows";
  const [first] = rows;
  const [only] = first ?? [];
  // Clients print numbers as texts: one alone is shown as it was meant.
  if (rows.length === 1 && first?.length === 1)
    return /^-?\d+(\.\d+)?$/.test(String(only)) ? String(only) : JSON.stringify(only);
  return keepStart(`${JSON.stringify(rows.slice(0, 5))}${rows.length > 5 ? ` and ${rows.length - 5} more` : ""}`, 500);
}
