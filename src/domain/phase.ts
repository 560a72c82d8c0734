/**
 * The phases of a deployment, in order, as people see them, each with what a crash in it asks for:
 * `rerun` from the last finished step, or `roll back` what was activated.
 */
export const PHASES = [
  { name: "queued", onCrash: "rerun" },
  { name: "checking", onCrash: "rerun" },
  { name: "backing_up", onCrash: "rerun" },
  { name: "pulling_source", onCrash: "rerun" },
  { name: "copying_files", onCrash: "rerun" },
  { name: "building", onCrash: "rerun" },
  { name: "migrating", onCrash: "roll back" },
  { name: "creating_symlinks", onCrash: "roll back" },
  { name: "restarting", onCrash: "roll back" },
  { name: "health_check", onCrash: "roll back" },
  { name: "verifying", onCrash: "roll back" },
  { name: "finalizing", onCrash: "rerun" },
  { name: "active", onCrash: "rerun" },
  { name: "failed", onCrash: "rerun" },
] as const satisfies readonly { name: string; onCrash: "rerun" | "roll back" }[];

export type Phase = (typeof PHASES)[number]["name"];
