import { timeOfId } from "../domain/id.ts";
import { failed, fine, skipped, warned } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";

/** GitLab's signatures are refused when both clocks differ by more. */
const TOLERANCE_MS = 300_000;

/** Signatures and freeze windows need a clock that is right. */
export const clock: Examination = {
  name: "clock",
  async examine(patient, signal) {
    const newest = await patient.store?.upkeep.newestId();
    const [ahead] = newest === undefined ? [] : aheadOf(patient.now, timeOfId(newest));
    return [ahead ?? (await synchronised(patient, signal))];
  },
};

/** Pure: a record of the future means that the clock was set back since. */
export function aheadOf(now: Date, newest: Date): readonly Finding[] {
  const ms = newest.getTime() - now.getTime();
  if (ms <= TOLERANCE_MS) return [];
  return [
    failed(
      "clock",
      `it says ${now.toISOString()}, and the newest record in the store is from ${newest.toISOString()}`,
      "Set the clock: sudo timedatectl set-ntp true, then timedatectl.",
    ),
  ];
}

async function synchronised({ host, env }: Patient, signal: AbortSignal): Promise<Finding> {
  if ((await host.processes.find("timedatectl", env["PATH"])) === undefined)
    return skipped("clock", "there is no timedatectl that could say whether it is synchronised");
  const options = { env: { ...env, LC_ALL: "C" }, timeoutMs: 5_000, signal };
  const inContainer = await host.processes.run(["systemd-detect-virt", "--container", "--quiet"], options);
  if (inContainer.exitCode === 0)
    return skipped("clock", "this is a container, and its clock belongs to the machine around it");
  const argv = ["timedatectl", "show", "--property=NTPSynchronized,NTP"];
  const { exitCode, stdout } = await host.processes.run(argv, options);
  return timeState(exitCode, stdout);
}

/** Pure: what `timedatectl show` says. */
export function timeState(exitCode: number | undefined, stdout: string): Finding {
  if (exitCode !== 0) return skipped("clock", "timedatectl does not answer here");
  if (/^NTPSynchronized=yes$/m.test(stdout)) return fine("clock", "it is synchronised");
  return warned(
    "clock",
    "it is not synchronised with a time server",
    "sudo timedatectl set-ntp true (needs systemd-timesyncd or chrony)",
  );
}
