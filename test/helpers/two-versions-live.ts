import type { Scenario } from "./scenario.ts";

/** Pushes two versions, and waits for each until its deployment has ended. Gives their revisions. */
export async function twoVersionsLive(
  scenario: Scenario,
): Promise<{ readonly first: string; readonly second: string }> {
  const first = await pushed(scenario, "1");
  return { first, second: await pushed(scenario, "2") };
}

async function pushed(scenario: Scenario, version: string): Promise<string> {
  const revision = await scenario.commit(version);
  await scenario.push();
  await scenario.settled(revision);
  return revision;
}
