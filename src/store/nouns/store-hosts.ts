import type { Bind } from "../bind.ts";
import { allHosts } from "../reads/all-hosts.ts";
import { drainOf } from "../reads/drain-of.ts";
import { leader } from "../reads/leader.ts";
import { drainHost } from "../writes/drain-host.ts";
import { forgetHost } from "../writes/forget-host.ts";
import { resumeHost } from "../writes/resume-host.ts";

/** The hosts on which daemons serve this store. A daemon that registers makes its host known. */
export function storeHosts(bind: Bind) {
  return {
    all: bind(allHosts),
    drainOf: bind(drainOf),
    leader: bind(leader),
    drain: bind(drainHost),
    resume: bind(resumeHost),
    forget: bind(forgetHost),
  };
}
