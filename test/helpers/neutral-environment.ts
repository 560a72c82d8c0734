/** What tests see of the machine's git and fraisier settings: nothing. */
export const neutralEnvironment: Record<string, string> = {
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "Ann",
  GIT_AUTHOR_EMAIL: "ann@example.com",
  GIT_COMMITTER_NAME: "Ann",
  GIT_COMMITTER_EMAIL: "ann@example.com",
  FRAISIER_CONFIG: "",
  // Logins of the person who runs the tests.
  FRAISIER_CONTEXTS: "/nowhere/contexts.json",
  FRAISIER_URL: "",
  FRAISIER_TOKEN: "",
  FRAISIER_LOG: "warn",
  NO_COLOR: "1",
};
