import { lockName } from "../../domain/lock.ts";
import type { Invocation } from "../command-entry.ts";
import type { LockOptions } from "../../actions/targets/lock-key.ts";
import type { LocksDocument } from "../../answers/schemas/locks-document.ts";
import { harmless } from "../../domain/harmless.ts";
import type { Print } from "../print/print.ts";
import { withServer } from "../server/with-server.ts";

export async function run({ args, options, print }: Invocation<LockOptions>): Promise<number> {
  if (args.length === 0 && options.all !== true && options.reason === undefined)
    return await withServer(options, "look", async (server) => {
      const document = await server.locks();
      if (print.isJson) print.json(document);
      else printLocks(document, print);
      return 0;
    });
  return await withServer(options, "act", async (server) => {
    const document = await server.lock(args, options);
    if (print.isJson) {
      print.json(document);
      return 0;
    }
    const { locked, replaced } = document;
    print.line(
      `${lockName(locked)} is locked: what is pushed waits until fraisier unlock. Deployments that run now go on.`,
    );
    if (replaced !== null)
      print.line(
        harmless(
          `It takes the place of the lock of ${replaced.locked_by} since ${replaced.locked_at}: ${replaced.reason}`,
        ),
      );
    return 0;
  });
}

function printLocks({ locks }: LocksDocument, print: Print): void {
  print.table(
    ["LOCKED", { title: "SINCE", leaves: 1 }, "BY", "WHY"],
    locks.map((lock) => [lockName(lock), print.time(lock.locked_at), harmless(lock.locked_by), harmless(lock.reason)]),
    "Nothing is locked.",
  );
}
