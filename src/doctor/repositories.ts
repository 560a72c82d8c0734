import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Target } from "../config/config.ts";
import { ConfigError, FraisierError, PermissionDenied } from "../domain/errors.ts";
import { messageOf } from "../domain/message-of.ts";
import { maskCredentials } from "../host/git-failure.ts";
import { failed, fine, skipped, warned } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";
import { counted } from "../domain/counted.ts";

/** Remotes asked at once. */
const AT_ONCE = 6;

/** Whether the service can ask every repository for its branches, once each. */
export const repositories: Examination = {
  name: "repositories",
  async examine(patient, signal) {
    const byUrl = new Map<string, Target>();
    const findings: Finding[] = [];
    for (const target of patient.targets) {
      try {
        const url = target.clone_url.reveal();
        if (!byUrl.has(url)) byUrl.set(url, target);
      } catch (error) {
        if (!(error instanceof ConfigError || error instanceof PermissionDenied)) throw error;
        findings.push(skipped(nameOf(target), "a secret of its clone_url is missing"));
      }
    }
    const waiting = [...byUrl];
    const next = async (): Promise<void> => {
      for (let one = waiting.shift(); one !== undefined; one = waiting.shift())
        findings.push(...(await repository(one[0], one[1], patient, signal)));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return findings.toSorted((a, b) => (a.check < b.check ? -1 : 1));
  },
};

async function repository(
  url: string,
  target: Target,
  patient: Patient,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const check = nameOf(target);
  const shown = maskCredentials(url);
  try {
    // Before the whole examination is over, so that the others of this list are reported.
    const refs = await patient.host.git.remoteRefs(url, AbortSignal.any([signal, AbortSignal.timeout(8_000)]));
    // A new repository is nothing to warn of.
    const found =
      refs.size === 0 ? "nothing has been pushed to it yet" : counted(refs.size, "branch or tag", "branches and tags");
    const answer = fine(check, `${shown} answers: ${found}`);
    return [answer, ...(await hook(url, check))];
  } catch (error) {
    const message = messageOf(error);
    const hint = error instanceof FraisierError ? error.hint : undefined;
    const user = (patient.service ?? patient.actor).name;
    return [
      failed(
        check,
        `${shown}: ${message}`,
        hint ?? `Is clone_url right, and does this reach it? sudo -u ${user} git ls-remote ${shown}`,
      ),
    ];
  }
}

/** A bare repository on this machine tells fraisier of its pushes by a hook. */
async function hook(url: string, check: string): Promise<readonly Finding[]> {
  const folder = url.replace(/^file:\/\//, "");
  if (!folder.startsWith("/")) return [];
  const file = join(folder, "hooks/post-receive");
  try {
    if (((await stat(file)).mode & 0o111) !== 0) return [];
    return [
      warned(check, `${file} is not executable: its pushes are found by the sweep only`, `sudo chmod 755 ${file}`),
    ];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") return [];
    return [
      warned(
        check,
        `${folder} has no hook post-receive: its pushes are found by the sweep only`,
        "fraisier providers git prints the commands that install it.",
      ),
    ];
  }
}

function nameOf({ subscription, fraise }: Target): string {
  return `repository ${subscription.repository === "" ? fraise : subscription.repository}`;
}
