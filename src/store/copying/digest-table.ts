import { createHash } from "node:crypto";
import type { Kysely } from "kysely";
import type { StoreTable } from "../backends/backend.ts";
import type { Tables } from "../tables.ts";
import { keyOf, readPage } from "./rows.ts";
import type { CopiedRow, CopiedValue, RowKey } from "./rows.ts";

/** The content of a table, whichever engine holds it. */
export interface TableDigest {
  readonly rows: number;
  /** The sum of the SHA-256 hashes of its rows: the order of rows does not count. */
  readonly sha256: string;
  /** Texts with the character 0, which some engines cannot hold. */
  readonly nuls: number;
}

const HASHES = 2n ** 256n;

/** Reads a whole table. @param replacesNul counts the character 0 as the one that takes its place in an engine that cannot hold it */
export async function digestTable(db: Kysely<Tables>, table: StoreTable, replacesNul: boolean): Promise<TableDigest> {
  let sum = 0n;
  let rows = 0;
  let nuls = 0;
  let after: RowKey | undefined;
  for (;;) {
    const page = await readPage(db, table, after);
    for (const row of page.rows) {
      nuls += table.columns.filter(({ name }) => hasNul(row[name] ?? null)).length;
      sum = (sum + hashOf(table, row, replacesNul)) % HASHES;
    }
    rows += page.rows.length;
    const last = page.rows.at(-1);
    if (page.isLast || last === undefined) break;
    after = keyOf(table, last);
  }
  return { rows, sha256: sum.toString(16).padStart(64, "0"), nuls };
}

function hashOf(table: StoreTable, row: CopiedRow, replacesNul: boolean): bigint {
  const hash = createHash("sha256");
  for (const { name } of table.columns) {
    const value = row[name] ?? null;
    if (value === null) hash.update("-;");
    else {
      const bytes =
        value instanceof Uint8Array ? value : Buffer.from(replacesNul ? withoutNul(String(value)) : String(value));
      hash.update(`${value instanceof Uint8Array ? "b" : "t"}${bytes.length};`).update(bytes);
    }
  }
  return BigInt(`0x${hash.digest("hex")}`);
}

function hasNul(value: CopiedValue): boolean {
  return typeof value === "string" && value.includes("\0");
}

function withoutNul(text: string): string {
  return text.replaceAll("\0", "\u{fffd}");
}
