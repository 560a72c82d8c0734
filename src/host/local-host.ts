import { systemClock } from "./clock.ts";
import type { Host } from "./host.ts";
import { localFiles } from "./local-files.ts";
import { localGit } from "./local-git.ts";
import { localProcesses } from "./local-processes.ts";
import { localRequests } from "./local-requests.ts";

/** The machine this process runs on. */
export function localHost(): Host {
  return { processes: localProcesses, git: localGit, files: localFiles, requests: localRequests, clock: systemClock };
}
