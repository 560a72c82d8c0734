import { failed, fine, warned } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";

const NODE = 24;
/** Debian 11's. Older ones lack options that fraisier uses. */
const GIT = [2, 30] as const;

/** The programs that fraisier cannot do without. */
export const programs: Examination = {
  name: "programs",
  examine: async (patient, signal) => [node(process.versions.node), await git(patient, signal)],
};

/** Pure: what a version of Node means. */
export function node(version: string): Finding {
  if (Number.parseInt(version, 10) >= NODE) return fine("node", `Node ${version} (${process.execPath})`);
  return failed(
    "node",
    `Node ${version} is too old: fraisier needs Node ${NODE}`,
    "Install fraisier's own package, which brings its Node.",
  );
}

async function git({ host, env }: Patient, signal: AbortSignal): Promise<Finding> {
  const path = await host.processes.find("git", env["PATH"]);
  if (path === undefined) return failed("git", "there is no program git on this machine", "sudo apt-get install git");
  const { stdout } = await host.processes.run([path, "--version"], { env, timeoutMs: 5_000, signal });
  return gitVersion(stdout.trim(), path);
}

/** Pure: what the answer of `git --version` means. */
export function gitVersion(answer: string, path: string): Finding {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(answer) ?? [];
  if (major === undefined || minor === undefined)
    return failed(
      "git",
      `${path} --version says "${answer.slice(0, 80)}"`,
      "Install git anew: sudo apt-get install --reinstall git",
    );
  const isOld = Number(major) < GIT[0] || (Number(major) === GIT[0] && Number(minor) < GIT[1]);
  if (isOld)
    return warned("git", `${answer} is old: fraisier is tested with ${GIT.join(".")} and later`, "Upgrade git.");
  return fine("git", `${answer} (${path})`);
}
