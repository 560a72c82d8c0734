import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { families } from "../src/compose/app.ts";
import { parseConfig } from "../src/config/load.ts";
import { localGit } from "../src/host/local-git.ts";
import { openStore } from "../src/store/store.ts";
import { repositoriesOf, sweepRepository } from "../src/sweep/sweep-repository.ts";
import { figure } from "./figure.ts";
import type { Part } from "./part.ts";

const REPOSITORIES = 100;
const TARGETS_EACH = 10;

/** That a sweep costs one remote call a repository, however many targets. Calls are counted by a program `git` in front of the real one. */
export const sweep: Part = {
  letter: "g",
  title: "A sweep of 1,000 targets over 100 repositories",
  async run(folder) {
    const config = parseConfig(configText(folder), join(folder, "fraises.yaml"), families, {});
    const store = await openStore(`sqlite:${join(folder, "sweep.db")}`);
    const count = countCalls(folder);
    const sweepAll = async (): Promise<{ calls: number; found: number; seconds: number }> => {
      const before = count();
      const startedAt = performance.now();
      let found = 0;
      const record = async (delivery: Parameters<typeof store.deliveries.record>[0][number]) => {
        found += 1;
        const [recorded] = await store.deliveries.record([delivery]);
        if (recorded === undefined) throw new Error("nothing was recorded");
        return recorded;
      };
      for (const repository of repositoriesOf(config.targets))
        await sweepRepository({ store, git: localGit, record }, repository);
      return { calls: count() - before, found, seconds: (performance.now() - startedAt) / 1000 };
    };
    const first = await sweepAll();
    if (first.found !== 0) throw new Error("the first look at a target found something");
    for (let n = 0; n < REPOSITORIES; n++) push(join(folder, `r${n}.git`));
    const second = await sweepAll();
    if (second.found !== REPOSITORIES * TARGETS_EACH) throw new Error(`${second.found} targets found their push`);
    await store.close();
    return [
      figure(
        "sweep.calls",
        `remote calls, ${REPOSITORIES} pushes missed by ${REPOSITORIES * TARGETS_EACH} targets`,
        second.calls,
        {
          wanted: { most: REPOSITORIES },
          boundBy: "one look at the refs of each repository, whatever the number of its targets.",
          result: `${second.calls} in ${second.seconds.toFixed(1)} s, one after the other`,
        },
      ),
    ];
  },
};

function configText(folder: string): string {
  const fraises: string[] = [];
  for (let n = 0; n < REPOSITORIES; n++) {
    const bare = join(folder, `r${n}.git`);
    execFileSync("git", ["init", "--quiet", "--bare", "--initial-branch=main", bare]);
    push(bare);
    const environments = Array.from(
      { length: TARGETS_EACH },
      (_, e) => `      e${e}: { branch: main, app_path: ${folder}/srv/${n}/${e} }`,
    );
    fraises.push(
      `  f${n}:\n    type: api\n    repository: acme/r${n}\n    clone_url: ${bare}\n    environments:\n${environments.join("\n")}`,
    );
  }
  return `git:\n  git: { webhook_secret: secret }\nfraises:\n${fraises.join("\n")}\n`;
}

/** A commit on main, made without a work tree. */
function push(bare: string): void {
  const git = (...args: string[]): string => execFileSync("git", ["-C", bare, ...args], { encoding: "utf8" }).trim();
  const tree = execFileSync("git", ["-C", bare, "mktree"], { input: "", encoding: "utf8" }).trim();
  const identity = ["-c", "user.name=bench", "-c", "user.email=bench@localhost"];
  const commit = git(...identity, "commit-tree", tree, "-m", String(performance.now()));
  git("update-ref", "refs/heads/main", commit);
}

/** Puts a counting `git` first on PATH; gives the number of its ls-remote calls so far. */
function countCalls(folder: string): () => number {
  const real = execFileSync("/bin/sh", ["-c", "command -v git"], { encoding: "utf8" }).trim();
  const bin = join(folder, "bin");
  const log = join(folder, "calls");
  mkdirSync(bin);
  writeFileSync(log, "");
  writeFileSync(
    join(bin, "git"),
    `#!/bin/sh\ncase " $* " in *" ls-remote "*) echo >> ${log} ;; esac\nexec ${real} "$@"\n`,
  );
  chmodSync(join(bin, "git"), 0o755);
  process.env["PATH"] = `${bin}:${process.env["PATH"] ?? ""}`;
  return () => readFileSync(log, "utf8").length;
}
