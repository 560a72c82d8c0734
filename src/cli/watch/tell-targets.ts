import { setTimeout as sleep } from "node:timers/promises";
import type { Feed } from "../../answers/following/feed.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import type { Print } from "../print/print.ts";
import { targetNow } from "../print/target-now.ts";

const PAUSE_MS = 500;

/** Prints a line for each target, and another one each time that its state changes, until the process is ended; documents of all targets with `--json`. */
export async function tellTargets(feed: Feed, targets: Partial<TargetKey>, print: Print): Promise<never> {
  const before = new Map<string, string>();
  for (;;) {
    const status = await feed.status(targets);
    if (print.isJson) {
      const text = JSON.stringify(status.targets);
      if (before.get("") !== text) print.json(status);
      before.set("", text);
    } else {
      for (const each of status.targets) {
        const now = targetNow(each, print);
        if (before.get(each.target) !== now)
          print.line(`${new Date().toISOString().slice(11, 19)} ${each.target}: ${now}`);
        before.set(each.target, now);
      }
    }
    await Promise.all([feed.news({ targets }), sleep(PAUSE_MS)]);
  }
}
