import { caches } from "./caches.ts";
import { checkouts } from "./checkouts.ts";
import { commands } from "./commands.ts";
import { currentLinks } from "./current-links.ts";
import { deployments } from "./deployments.ts";
import { locks } from "./locks.ts";
import { mirrors } from "./mirrors.ts";
import { releases } from "./releases.ts";
import type { Repair } from "./repair.ts";
import { runners } from "./runners.ts";
import { stateFolder } from "./state-folder.ts";

/** Every repair, in the order in which damages are mended: processes first, then what they have left. */
export const repairs: readonly Repair[] = [
  runners,
  commands,
  locks,
  deployments,
  mirrors,
  checkouts,
  releases,
  currentLinks,
  stateFolder,
  caches,
];
