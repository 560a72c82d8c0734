/**
 * The phases of a deployment, in order, as people see them, each with what a crash in it asks for:
 * `rerun` from the last finished step, or `roll back` what was activated.
 */
export const PHASES = [
  /** It waits for its turn. */
  { name: "queued", onCrash: "rerun" },
  /** Variables and programs that the deployment needs are looked for on this machine. */
  { name: "checking", onCrash: "rerun" },
  /** The database is backed up. */
  { name: "backing_up", onCrash: "rerun" },
  /** The revision is fetched, and all that git can tell about it is checked. */
  { name: "pulling_source", onCrash: "rerun" },
  /** The code of the revision is laid out on disk. */
  { name: "copying_files", onCrash: "rerun" },
  /** Commands of the repository make a release of the code: install, build, test. */
  { name: "building", onCrash: "rerun" },
  /** Migrations change the database. */
  { name: "migrating", onCrash: "roll back" },
  /** The new release takes the place of the old one. */
  { name: "creating_symlinks", onCrash: "roll back" },
  /** The new code is started. */
  { name: "restarting", onCrash: "roll back" },
  /** The service is asked whether it is well. */
  { name: "health_check", onCrash: "roll back" },
  /** The checks of `verify:` look at the whole. */
  { name: "verifying", onCrash: "roll back" },
  /** The release is live: last hooks run, old releases are removed. */
  { name: "finalizing", onCrash: "rerun" },
  /** It went live, and nothing is left to do. */
  { name: "active", onCrash: "rerun" },
  /** It ended without going live. */
  { name: "failed", onCrash: "rerun" },
] as const satisfies readonly { name: string; onCrash: "rerun" | "roll back" }[];

export type Phase = (typeof PHASES)[number]["name"];
