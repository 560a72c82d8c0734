/**
 * Loaded into fraisier's processes (`node --import`). A runner stops itself (SIGSTOP) at the point that the file $HOLD_ORDER names, once what leads to that
 * point is committed to the store. It then stays there as if its time stood still, until it is killed or gets SIGCONT. Only one runner obeys an order.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import type Database from "better-sqlite3";

/**
 * Where a runner is held: a phase means the first step of it that is begun; `queued` before the runner has taken its deployment up, `active` and `failed`
 * after it has ended; `taking back`: the first step that is being undone.
 */
export interface HoldOrder {
  readonly at: string;
}

/** What the runner writes into `$HOLD_ORDER.held`. */
export interface Held {
  readonly pid: number;
  readonly step: string;
}

const orderFile = process.env["HOLD_ORDER"] ?? "";
const [, file = "", verb] = process.argv;
if (orderFile !== "" && verb === "run" && basename(file).startsWith("main.")) {
  reach("queued", "");
  watchJournal((await import("better-sqlite3")).default);
}

function reach(point: string, step: string): void {
  let wanted: HoldOrder;
  try {
    wanted = JSON.parse(readFileSync(orderFile, "utf8")) as HoldOrder;
  } catch {
    // There is no order, or no longer.
    return;
  }
  if (wanted.at !== point) return;
  writeFileSync(`${orderFile}.new`, JSON.stringify({ pid: process.pid, step } satisfies Held));
  renameSync(orderFile, `${orderFile}.obeyed`);
  renameSync(`${orderFile}.new`, `${orderFile}.held`);
  process.kill(process.pid, "SIGSTOP");
}

/** Calls reach() after each commit of a transaction that begins a step, begins to undo a step, or ends the deployment. */
function watchJournal(database: typeof Database): void {
  const { prepare } = database.prototype;
  let reached: readonly [point: string, step: string] | undefined;
  database.prototype.prepare = function (this: Database.Database, source: string) {
    const statement = prepare.call(this, source);
    const table = /^insert into "?(\w+)"?/i.exec(source.trim())?.[1];
    for (const name of ["run", "all"] as const) {
      const original = statement[name].bind(statement) as (...parameters: unknown[]) => unknown;
      Object.defineProperty(statement, name, {
        value: (...parameters: unknown[]) => {
          const result = original(...parameters);
          // In the order in which the two writes name their columns; the second parameter finds the next sequence.
          const [, , third, phase, status] = Array.isArray(parameters[0]) ? (parameters[0] as unknown[]) : [];
          if (table === "tb_deployment_step" && status === "started") reached = [String(phase), String(third)];
          if (table === "tb_deployment_step" && status === "undoing") reached = ["taking back", String(third)];
          if (table === "tb_deployment_phase" && (third === "active" || third === "failed")) reached = [third, ""];
          if (source === "commit" && reached !== undefined) {
            const [point, step] = reached;
            reached = undefined;
            reach(point, step);
          }
          return result;
        },
      });
    }
    return statement;
  } as typeof prepare;
}
