import { clock } from "./clock.ts";
import { configuration } from "./configuration.ts";
import type { Examination } from "./diagnosis.ts";
import { disk } from "./disk.ts";
import { folders } from "./folders.ts";
import { identity } from "./identity.ts";
import { linger } from "./linger.ts";
import { localSockets } from "./local-sockets.ts";
import { programs } from "./programs.ts";
import { remains } from "./remains.ts";
import { repositories } from "./repositories.ts";
import { sandbox } from "./sandbox.ts";
import { secrets } from "./secrets.ts";
import { serviceRights } from "./service-rights.ts";
import { store } from "./store.ts";
import { systemd } from "./systemd.ts";
import { traces } from "./traces.ts";
import { users } from "./users.ts";
import { webhooks } from "./webhooks.ts";

/** Every examination, in the order of the report. */
export const examinations: readonly Examination[] = [
  identity,
  configuration,
  programs,
  systemd,
  serviceRights,
  linger,
  localSockets,
  users,
  sandbox,
  folders,
  disk,
  clock,
  store,
  remains,
  secrets,
  repositories,
  webhooks,
  traces,
];
