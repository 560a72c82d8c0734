import type { App } from "../../compose/app.ts";
import { openApp } from "../../compose/app.ts";
import { targetName } from "../../domain/fraise.ts";
import { covers } from "../../domain/lock.ts";
import { livingLocks } from "../../queue/living-locks.ts";
import type { Invocation } from "../command-entry.ts";
import { daemonNotes } from "../daemon/daemon-notes.ts";
import { daemonView } from "../../answers/daemon/daemon-view.ts";
import { livingDaemon } from "../../answers/daemon/living-daemon.ts";
import { gapsOf } from "../../answers/targets/gaps-of.ts";
import { sandboxNotes } from "../machine/sandbox-notes.ts";
import { harmless } from "../print/harmless.ts";
import type { Print } from "../print/print.ts";
import { knownTargets } from "../../answers/targets/known-targets.ts";
import { nextRuns } from "../../answers/targets/job-runs.ts";
import { NO_FRAISES } from "../targets/no-fraises.ts";
import { standingFacts, standingNotes, standingTable } from "../targets/standings.ts";
import type { Standing } from "../targets/standings.ts";
import { statusAdvice } from "../../answers/targets/status-advice.ts";
import { targetFilter } from "../targets/target-filter.ts";
import type { TargetOptions } from "../targets/target-words.ts";

/** `fraisier status [target]`. */
export async function run({ args, options, print }: Invocation<TargetOptions>): Promise<number> {
  const app = await openApp(options.config);
  try {
    await show(app, args, options, print);
    return 0;
  } finally {
    await app.store.close();
  }
}

async function show(app: App, words: readonly string[], options: TargetOptions, print: Print): Promise<void> {
  const { config, store } = app;
  const filter = await targetFilter(app, words, options);
  const known = await knownTargets(app, filter);
  const verified = new Map((await store.verifications.status(filter)).map((row) => [targetName(row), row]));
  const locks = await livingLocks(store);
  const daemon = await livingDaemon(store);
  const configured = known.flatMap(({ target }) => target ?? []);
  const timers = await nextRuns(configured, app.host);
  const gaps = await gapsOf(configured, app.host);
  const standings: Standing[] = [];
  for (const { name, key, row, target } of known) {
    standings.push({
      name,
      key,
      row,
      verification: verified.get(name),
      locks: locks.filter((lock) => covers(lock, key)),
      isConfigured: target !== undefined,
      runs: timers.get(name),
      advice: row === undefined ? undefined : await statusAdvice(store, row),
      gaps: gaps.get(name) ?? [],
    });
  }
  if (print.isJson) {
    print.json({ targets: standings.map(standingFacts), daemon: daemonView(daemon, config, store) });
    return;
  }
  if (standings.length === 0) print.line(NO_FRAISES);
  else standingTable(standings, config.deployment.stuck_after, print);
  for (const line of standingNotes(standings, print)) print.line(line);
  const notes = [...sandboxNotes(gaps), ...daemonNotes(daemon, config, store)];
  for (const note of notes) print.line(print.style("yellow", harmless(note)));
}
