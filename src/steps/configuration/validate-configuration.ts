import type { Step } from "../step.ts";

/** The text of the release is one that this host could start with: every rule, every variable and every secret. Nothing is in force yet. */
export const validateConfiguration: Step<"configuration"> = {
  name: "validate-configuration",
  phase: "building",
  describe: () => "Load the file as this host would at a start, with its variables and secrets",
  async run({ places, checkConfiguration, log }) {
    for (const line of await checkConfiguration(places.release)) log(line);
  },
};
