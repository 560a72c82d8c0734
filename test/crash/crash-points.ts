/**
 * Loaded into every fraisier process of a crash test (`node --import`). Each write to the store, each change of the file system and each program that is
 * started is a point; what is on disk can only change at one of them, so dying before each is dying everywhere. Points are named by what happens and
 * by the step it happens in, and written down; at the one that the order names, the process kills itself with SIGKILL.
 */
import childProcess from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";
import Database from "better-sqlite3";

export interface CrashOrder {
  readonly role: "runner" | "daemon";
  /** `label#n`; undefined: only write points down. */
  readonly point: string | undefined;
  /** Killed first: the daemon, when both are to die. */
  readonly also?: number;
}

const orderFile = process.env["CRASH_ORDER"] ?? "";
const role = roleOf(process.argv);
if (orderFile !== "" && role !== undefined) install(orderFile, role);

function roleOf([, file = "", verb]: readonly string[]): CrashOrder["role"] | undefined {
  const program = basename(file);
  if (program.startsWith("main.") && verb === "run") return "runner";
  // The inbox is a thread of the daemon, with a store of its own.
  return program.startsWith("inbox-thread.") || (program.startsWith("main.") && verb === "serve")
    ? "daemon"
    : undefined;
}

function install(file: string, mine: string): void {
  const seen = new Map<string, number>();
  let step = "-";
  let order: string | undefined;
  let isInside = false;

  const reach = (what: string): void => {
    if (isInside) return;
    isInside = true;
    try {
      const text = read(file);
      // A new order is a new count.
      if (text !== order) seen.clear();
      order = text;
      if (text === undefined) return;
      const { role: wanted, point, also } = JSON.parse(text) as CrashOrder;
      if (wanted !== mine) return;
      const label = `${step}: ${what}`;
      const count: number = (seen.get(label) ?? 0) + 1;
      seen.set(label, count);
      fs.appendFileSync(`${file}.points`, `${label}#${count}\n`);
      if (point !== `${label}#${count}`) return;
      if (also !== undefined) process.kill(also, "SIGKILL");
      // Last: whoever sees it starts the daemon again.
      fs.appendFileSync(`${file}.hit`, `${point}\n`);
      process.kill(process.pid, "SIGKILL");
      // SIGKILL is delivered on the way out of the call; nothing below may happen.
      for (;;);
    } finally {
      isInside = false;
    }
  };

  watchStore(reach, (now) => {
    step = now;
  });
  watchFiles(reach);
  watchPrograms(reach);
  syncBuiltinESMExports();
}

type Reach = (what: string) => void;

function read(file: string): string | undefined {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    // No order yet: points before the first one are of no interest.
    return undefined;
  }
}

/** Before each commit, and before each write that is a transaction of its own. */
function watchStore(reach: Reach, enterStep: (step: string) => void): void {
  const { prepare } = Database.prototype;
  let inTransaction: Set<string> | undefined;
  Database.prototype.prepare = function (this: Database.Database, source: string) {
    const statement = prepare.call(this, source);
    const table = /^(?:insert into|update|delete from) "?(\w+)"?/i.exec(source.trim())?.[1];
    const before = (parameters: unknown): void => {
      if (source.startsWith("begin")) inTransaction = new Set();
      else if (source === "commit") {
        const tables = [...(inTransaction ?? [])];
        inTransaction = undefined;
        if (tables.length > 0) reach(`commit ${tables.join(" ")}`);
      } else if (source === "rollback") inTransaction = undefined;
      else if (table !== undefined) {
        const values = Array.isArray(parameters) ? (parameters as unknown[]) : [];
        const what = table === "tb_deployment_step" ? `${table} ${String(values[4])}` : table;
        if (table === "tb_deployment_step" && (values[4] === "started" || values[4] === "undoing"))
          enterStep(values[4] === "undoing" ? `undo ${String(values[2])}` : String(values[2]));
        if (inTransaction === undefined) reach(`write ${what}`);
        else inTransaction.add(what);
      }
    };
    for (const name of ["run", "all"] as const) {
      const original = statement[name].bind(statement) as (...parameters: unknown[]) => unknown;
      Object.defineProperty(statement, name, {
        value: (...parameters: unknown[]) => {
          before(parameters[0]);
          return original(...parameters);
        },
      });
    }
    return statement;
  } as typeof prepare;
}

function watchFiles(reach: Reach): void {
  for (const name of ["rename", "symlink", "rm", "mkdir", "writeFile", "unlink", "cp"] as const) {
    const original = fs.promises[name] as (...parameters: unknown[]) => unknown;
    Object.defineProperty(fs.promises, name, {
      value: (...parameters: unknown[]) => {
        reach(`${name} ${tail(parameters[0])}`);
        return original.apply(fs.promises, parameters);
      },
    });
  }
}

function watchPrograms(reach: Reach): void {
  const { spawn } = childProcess;
  Object.defineProperty(childProcess, "spawn", {
    value: (...parameters: Parameters<typeof spawn>) => {
      const [program, words] = parameters;
      reach(
        `start ${basename(program)} ${(words ?? [])
          .filter((word) => /^[a-z][\w-]*$/.test(word))
          .slice(0, 1)
          .join(" ")}`,
      );
      return spawn(...parameters);
    },
  });
}

/** The end of a path, without what differs from one deployment to the next. */
function tail(path: unknown): string {
  return basename(String(path)).replaceAll(/[0-9a-z]{13}|[0-9a-f]{8}-[0-9a-f-]{27}|\d{3,}/g, "*");
}
