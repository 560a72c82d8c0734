import type { Bind } from "../bind.ts";
import { allDaemons } from "../reads/all-daemons.ts";
import { knownHosts } from "../reads/known-hosts.ts";
import { askReload } from "../writes/ask-reload.ts";
import { registerDaemon } from "../writes/register-daemon.ts";
import { takeUnplaced } from "../writes/take-unplaced.ts";
import { tellDaemon } from "../writes/tell-daemon.ts";

/** The daemons that serve this store, and how their settings stand. */
export function storeDaemons(bind: Bind) {
  return {
    register: bind(registerDaemon),
    tell: bind(tellDaemon),
    askReload: bind(askReload),
    all: bind(allDaemons),
    hosts: bind(knownHosts),
    takeUnplaced: bind(takeUnplaced),
  };
}
