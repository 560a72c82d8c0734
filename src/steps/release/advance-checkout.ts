import { StepFailed } from "../../domain/errors.ts";
import { projectType } from "../build/project-type.ts";
import type { Step } from "../step.ts";

/** Moves a checkout in place (layout: in_place) to exactly the revision. Files people changed by hand stop it. */
export const advanceCheckout: Step<"facts" | "files" | "git" | "progress"> = {
  name: "advance-checkout",
  phase: "copying_files",
  describe: ({ places }) => `Move the checkout ${places.app} to the revision`,
  async run({ deployment, places, host, facts, remember, progress, log }) {
    const state = await host.git.checkoutState(places.app);
    if (state.dirty) {
      throw new StepFailed(`tracked files in ${places.app} were changed by hand`, {
        hint: `See git -C ${places.app} status; commit, stash or discard the changes, then deploy again.`,
      });
    }
    if (!("previousCheckout" in facts)) await remember({ previousCheckout: state.revision });
    const { files, bytes } = await host.git.measure(places.mirror, deployment.revision);
    const moved = await host.git.changedPaths(places.mirror, state.revision, deployment.revision);
    await host.git.moveCheckout(places.app, deployment.revision);
    await host.files.sync(places.app, { deep: true });
    const type = projectType(await host.files.list(places.app));
    progress(1, {
      commit: deployment.revision,
      ...(moved === undefined ? {} : { files: moved.length }),
      files_total: files,
      bytes_total: bytes,
      ...(type === undefined ? {} : { project_type: type }),
    });
    log(`${places.app} is at ${deployment.revision}`);
  },
  async undo({ places, host, facts, log }) {
    const previous = facts["previousCheckout"];
    if (typeof previous !== "string") return;
    await host.git.moveCheckout(places.app, previous);
    log(`${places.app} is at ${previous} again`);
  },
  // The manager may have started the service again while the revision's files stood there.
  hasDisturbed: () => true,
};
