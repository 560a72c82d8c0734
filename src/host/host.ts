import type { Files } from "./files.ts";
import type { Git } from "./git.ts";
import type { Processes } from "./processes.ts";
import type { Requests } from "./requests.ts";
import type { Clock } from "./clock.ts";

/** This machine, as fraisier acts on it. Everything that spawns, touches files, asks the network or tells the time goes through here. */
export interface Host {
  readonly processes: Processes;
  readonly git: Git;
  readonly files: Files;
  readonly requests: Requests;
  readonly clock: Clock;
}
