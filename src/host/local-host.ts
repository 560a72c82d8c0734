import { systemClock } from "./clock.ts";
import type { Host } from "./host.ts";
import { foreignFiles } from "./foreign-files.ts";
import { foreignGit } from "./foreign-git.ts";
import { localProcesses } from "./local-processes.ts";
import { localRequests } from "./local-requests.ts";

/** The machine this process runs on. */
export function localHost(): Host {
  return {
    processes: localProcesses,
    git: foreignGit,
    files: foreignFiles,
    requests: localRequests,
    clock: systemClock,
  };
}
