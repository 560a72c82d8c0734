import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { figure } from "./figure.ts";
import type { Row } from "./figure.ts";
import type { Part } from "./part.ts";
import { timed } from "./processes.ts";
import { buildSnapshot } from "./program.ts";
import { startFraisier } from "./servers.ts";
import type { Server } from "./servers.ts";
import { openReadOnly, prepareShop, pushAndWait, requireLive } from "./shop.ts";
import type { PushTimes, Shop } from "./shop.ts";
import { median } from "./statistics.ts";

const ROUNDS = 11;

/** How long a person waits, by a shell script and by each form of the program. */
interface Times {
  readonly script: number[];
  readonly bundle: PushTimes[];
  readonly snapshot: PushTimes[];
}

/** What fraisier adds to the commands that a shell script would run. */
export const pushToLive: Part = {
  letter: "d",
  title: "From `git push` until the new release is live",
  async run(folder) {
    const byScript = await prepareShop(join(folder, "script"));
    const script = writeScript(byScript);
    const snapshot = await buildSnapshot(folder);
    await using bundle = await startShop(join(folder, "bundle"), []);
    await using packaged = await startShop(join(folder, "snapshot"), ["--snapshot-blob", snapshot]);
    const times: Times = { script: [], bundle: [], snapshot: [] };
    // The first of each makes the mirror; it does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      const scriptMs = await scriptRound(script, byScript, `script ${round}`);
      const [ofBundle, ofSnapshot] = [await bundle.push(`bundle ${round}`), await packaged.push(`snapshot ${round}`)];
      if (round === 0) continue;
      times.script.push(scriptMs);
      times.bundle.push(ofBundle);
      times.snapshot.push(ofSnapshot);
    }
    await byScript.service.remove();
    return rowsOf(times, byScript.service.manager);
  },
};

function rowsOf({ script, bundle, snapshot }: Times, manager: string): readonly Row[] {
  const scriptMs = median(script);
  const live = (times: readonly PushTimes[]): number => median(times.map(({ untilLive }) => untilLive));
  const firstStep = (times: readonly PushTimes[]): number => median(times.map(({ untilFirstStep }) => untilFirstStep));
  const row = (id: string, measured: string, ms: number, most: number, boundBy: string): Row =>
    figure(id, measured, ms, { unit: " ms", wanted: { most }, boundBy });
  const added =
    "the runner is a process of its own that starts for each deployment; the rest is git and what is written down.";
  const start = "a process of Node starts, reads fraises.yaml, opens the store and takes the deployment.";
  return [
    {
      measured: `git push and a shell script: fetch, check out, switch, restart (${manager})`,
      result: `${scriptMs.toFixed(0)} ms`,
    },
    { measured: "git push, hook and fraisier by npm, stable_for: 0", result: `${live(bundle).toFixed(0)} ms` },
    {
      measured: "git push, hook and fraisier from the package, stable_for: 0",
      result: `${live(snapshot).toFixed(0)} ms`,
    },
    row("live.bundle", "fraisier by npm adds", live(bundle) - scriptMs, 230, added),
    row("live.package", "fraisier from the package adds", live(snapshot) - scriptMs, 150, added),
    row("runner.bundle", "from the launch of the runner to its first step, by npm", firstStep(bundle), 110, start),
    row(
      "runner.package",
      "from the launch of the runner to its first step, from the package",
      firstStep(snapshot),
      60,
      start,
    ),
  ];
}

interface RunningShop extends AsyncDisposable {
  push(text: string): Promise<PushTimes>;
}

/** A daemon with a shop of its own. */
async function startShop(folder: string, node: readonly string[]): Promise<RunningShop> {
  const shop = await prepareShop(folder);
  const daemon: Server = await startFraisier(shop.config, { node });
  await shop.installHook(`http://127.0.0.1:${daemon.port}/webhook/git`);
  const database = openReadOnly(shop.store);
  return {
    push: async (text) => await pushAndWait(database, shop, text),
    async [Symbol.asyncDispose]() {
      database.close();
      await daemon[Symbol.asyncDispose]();
      await shop.service.remove();
    },
  };
}

/** A script as careful people write it: an exact revision from a mirror, in a folder of its own, switched by a rename. */
function writeScript({ folder, repository: { bare }, service }: Shop): string {
  const file = join(folder, "deploy.sh");
  writeFileSync(
    file,
    `#!/bin/sh
set -eu
cd "${folder}"
git -C shop push --quiet origin main
revision=$(git -C shop rev-parse HEAD)
[ -d mirror.git ] || git init --quiet --bare mirror.git
git -C mirror.git fetch --quiet "${bare}" "+refs/heads/*:refs/heads/*"
release=live/releases/$(date +%s%N)
mkdir -p "$release"
GIT_DIR=mirror.git GIT_WORK_TREE=$release GIT_INDEX_FILE=$release.index git read-tree -m -u "$revision"
rm -f "$release.index"
ln -s "\${release#live/}" live/current.new
mv -T live/current.new live/current
${service.shell("restart")}
${service.shell("status")}
`,
    { mode: 0o755 },
  );
  return file;
}

async function scriptRound(script: string, { repository, folder }: Shop, text: string): Promise<number> {
  await repository.commitOnly(text);
  const elapsed = await timed(script, []);
  requireLive(folder, text);
  return elapsed;
}
