import type { Host } from "./host.ts";

/** Enough for a program that only looks. */
const GRACE_MS = 500;

/** A host for a caller that only looks at the machine: when `signal` aborts, the programs that were started are ended soon. */
export function interruptible(host: Host, signal: AbortSignal): Host {
  return {
    ...host,
    processes: {
      ...host.processes,
      run: (command, options) =>
        host.processes.run(command, {
          graceMs: GRACE_MS,
          ...options,
          signal: options.signal === undefined ? signal : AbortSignal.any([options.signal, signal]),
        }),
    },
    git: {
      ...host.git,
      remoteRefs: (cloneUrl) => host.git.remoteRefs(cloneUrl, signal),
      checkoutState: (folder) => host.git.checkoutState(folder, signal),
    },
  };
}
