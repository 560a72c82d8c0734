import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Scenario } from "../helpers/scenario.ts";
import type { Push } from "./examine.ts";
import type { CampaignTarget } from "./targets.ts";

/** The repository of a campaign: a branch for each target, pushed to from a clone for each target. */
export interface CampaignRepository {
  /** Every push that reached the repository, oldest first. */
  readonly pushes: readonly Push[];
  /** Commits the next version and pushes it. What its webhook did not deliver is delivered by the sweep. */
  push(target: CampaignTarget): Promise<void>;
}

export async function openRepository(
  scenario: Scenario,
  targets: readonly CampaignTarget[],
  tell: (line: string) => void,
): Promise<CampaignRepository> {
  const pushes: Push[] = [];
  const versions = new Map<CampaignTarget, number>();
  const cloneOf = ({ name }: CampaignTarget): string => join(scenario.folder, "clones", name);
  const commit = async (target: CampaignTarget): Promise<{ version: number; revision: string }> => {
    const version = (versions.get(target) ?? -1) + 1;
    versions.set(target, version);
    const clone = cloneOf(target);
    // Version 0 is there before fraisier comes, and asks for nothing.
    const files = version === 0 ? { VERSION: "0\n" } : target.files(version);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), text);
    }
    await scenario.program("git", "-C", clone, "add", "--all");
    await scenario.program("git", "-C", clone, "commit", "--quiet", "--message", `version ${version}`);
    return { version, revision: (await scenario.program("git", "-C", clone, "rev-parse", "HEAD")).trim() };
  };

  for (const target of targets) {
    await scenario.program("git", "init", "--quiet", `--initial-branch=${target.name}`, cloneOf(target));
    await commit(target);
    // Not a push: there is nobody yet to be told.
    await scenario.program(
      "git",
      "-C",
      scenario.bare,
      "fetch",
      "--quiet",
      cloneOf(target),
      `${target.name}:${target.name}`,
    );
    if (target.layout === "in_place")
      await scenario.program("git", "clone", "--quiet", "--branch", target.name, scenario.bare, target.app);
  }
  return {
    pushes,
    async push(target) {
      const { version, revision } = await commit(target);
      const push = { target, version, revision, isAccepted: false };
      pushes.push(push);
      const said = await scenario.program(
        "sh",
        "-c",
        'exec git -C "$0" push "$1" "$2" 2>&1',
        cloneOf(target),
        scenario.bare,
        target.name,
      );
      push.isAccepted = !/NOT TOLD|answered [45]/.test(said);
      tell(`push of version ${version} to ${target.name}: ${push.isAccepted ? "accepted" : "not accepted"}`);
    },
  };
}
