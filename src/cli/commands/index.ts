import type { CommandEntry } from "../command-entry.ts";
import { databases } from "../table/databases.ts";
import { deploying } from "../table/deploying.ts";
import { looking } from "../table/looking.ts";
import { remote } from "../table/remote.ts";
import { running } from "../table/running.ts";
import { settingUp } from "../table/setting-up.ts";

/** Every command, in the order of the help. Adding one: a file beside this one, and an entry in the table of its group. */
export const COMMANDS: readonly CommandEntry[] = [
  ...deploying,
  ...databases,
  ...looking,
  ...remote,
  ...settingUp,
  ...running,
];
