import { StepFailed } from "../domain/errors.ts";
import type { Step } from "./step.ts";

/** Moves a checkout in place (layout: in_place) to exactly the revision. Files people changed by hand stop it. */
export const advanceCheckout: Step = {
  name: "advance-checkout",
  phase: "copying_files",
  describe: ({ places }) => `Move the checkout ${places.app} to the revision`,
  async run({ deployment, places, host, facts, remember, log }) {
    const state = await host.git.checkoutState(places.app);
    if (state.dirty) {
      throw new StepFailed(`tracked files in ${places.app} were changed by hand`, {
        hint: `See git -C ${places.app} status; commit, stash or discard the changes, then deploy again.`,
      });
    }
    if (!("previousCheckout" in facts)) await remember({ previousCheckout: state.revision });
    await host.git.moveCheckout(places.app, deployment.revision);
    await host.files.sync(places.app, { deep: true });
    log(`${places.app} is at ${deployment.revision}`);
  },
  async undo({ places, host, facts, log }) {
    const previous = facts["previousCheckout"];
    if (typeof previous !== "string") return;
    await host.git.moveCheckout(places.app, previous);
    log(`${places.app} is at ${previous} again`);
  },
};
