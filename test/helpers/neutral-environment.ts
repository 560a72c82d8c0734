import { NEUTRAL_GIT } from "../../scripts/neutral-git.ts";

/** What tests see of the machine's git and fraisier settings: nothing. */
export const neutralEnvironment: Record<string, string> = {
  ...NEUTRAL_GIT,
  FRAISIER_CONFIG: "",
  // Logins of the person who runs the tests.
  FRAISIER_CONTEXTS: "/nowhere/contexts.json",
  FRAISIER_URL: "",
  FRAISIER_TOKEN: "",
  FRAISIER_LOG: "warn",
  NO_COLOR: "1",
};
