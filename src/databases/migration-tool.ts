import type { z } from "zod";
import type { Secret } from "../config/config.ts";
import type { DatabaseSettings } from "../config/keys/database-settings.ts";
import type { Fields } from "../config/keys/fields.ts";
import type { Host } from "../host/host.ts";
import type { Processes } from "../host/processes.ts";

/** A migration as the code of a release knows it. */
export interface Migration {
  /** The name that people and the tool use: `0007_add_price`, a revision, `shop.0003_price`. */
  readonly id: string;
  /** Absolute path, where it is a file of its own. */
  readonly file: string | undefined;
  readonly sha256: string | undefined;
  /** Undefined: only the tool finds out, when it is asked to. */
  readonly reversible: boolean | undefined;
}

/** A migration as the database knows it. */
export interface AppliedMigration {
  readonly id: string;
  /** The hash of the file that was applied, if the record keeps it. */
  readonly sha256?: string | undefined;
  /** The deployment that applied it, where the record keeps it; "" for one by hand. */
  readonly deployment?: string | undefined;
  /** Begun outside of a transaction, and never heard of again: the database may hold any part of it. */
  readonly unfinished?: boolean | undefined;
}

/** How a tool is spoken to for one target. */
export interface ToolContext<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The settings under `database:`, with the keys of the tool as its schema gives them. */
  readonly settings: DatabaseSettings & z.output<z.ZodObject<Shape>>;
  readonly url: Secret | undefined;
  /** The release (or checkout) whose migrations these are. */
  readonly folder: string;
  readonly host: Host;
  /** Whether the release may have no migrations: a mark by hand needs the database's own record alone. */
  readonly mayLackFiles?: boolean;
  /** Runs what the release brings, in the sandbox of the target: tools, and the scripts of migrations. */
  readonly commands: Processes;
  /** The environment of the tool's programs; the URL is added as DATABASE_URL. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly signal: AbortSignal;
  /** For each migration. */
  readonly timeoutMs: number;
  /** Written into the database's record where there is one: "" by hand. */
  readonly deployment: string;
  log(line: string): void;
}

/** The migrations of one database, in one release's words. Everything throws StepFailed or HostUnavailable with the tool's own words. */
export interface Migrations {
  /** All that the release knows, in the order in which they belong. */
  list(): Promise<readonly Migration[]>;
  /**
   * The record of the database itself, oldest first; never fraisier's memory. Undefined if the tool does not tell. @param settled waits for work that a dead
   * process left running in the database.
   */
  applied(settled?: boolean): Promise<readonly AppliedMigration[] | undefined>;
  /** Finds the migrations among these that cannot succeed, before any is applied. @throws StepFailed */
  check?(migrations: readonly Migration[]): Promise<void>;
  /** Applies these, in this order; one at a time for tools with `oneByOne`. Once it resolves they are applied, durably. */
  apply(migrations: readonly Migration[]): Promise<void>;
  /** Takes the newest applied one back. */
  revert(migration: Migration): Promise<void>;
  /** Puts it on record as applied, or as not applied, without running it. */
  mark(migration: Migration, applied: boolean): Promise<void>;
}

/** Knows how one migration tool is spoken to. */
export interface MigrationTool<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The word after `tool:` in fraises.yaml. */
  readonly name: string;
  /** The keys beside `tool:` that only it knows. */
  settings(fields: Fields): Shape;
  /** Without `url:` it cannot work. */
  readonly needsUrl: boolean;
  /** Can be told to apply one and no more; else it applies all that is pending at once. */
  readonly oneByOne: boolean;
  open(context: ToolContext<Shape>): Migrations;
}

/** A migration tool whose `open` gets the settings that its own schema gives. */
export function defineMigrationTool<Shape extends z.ZodRawShape>(tool: MigrationTool<Shape>): MigrationTool {
  return tool;
}
