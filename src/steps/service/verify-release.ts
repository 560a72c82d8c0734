import type { VerifySettings } from "../../config/settings.ts";
import { HostUnavailable, StepFailed } from "../../domain/errors.ts";
import type { CheckResult } from "../../domain/verification.ts";
import { checkName, runSuite } from "../../verifying/run-suite.ts";
import { restartService } from "./restart-service.ts";
import type { Step } from "../step.ts";

/** Runs the checks of `verify:` against what is live now. A check that fails fails the deployment, unless it is only to warn. */
export function verifyRelease(
  suite: VerifySettings,
): Step<
  | "clock"
  | "command"
  | "files"
  | "git"
  | "journal"
  | "processes"
  | "progress"
  | "recordChecks"
  | "requests"
  | "service"
  | "warn"
> {
  return {
    name: "verify-release",
    phase: "verifying",
    describe: () =>
      `Verify: ${suite.checks.map((each) => `${checkName(each)}${each.on_failure === "warn" ? " (else warn)" : ""}`).join("; ")}`,
    async run(context) {
      const { target, host, commands, service, places, signal, log, progress } = context;
      const results = await runSuite(
        suite,
        {
          host,
          commands,
          service,
          restartedAt: context.startOf(restartService),
          folder: places.release,
          env: context.commandEnv(),
          user: target.settings.user,
          signal,
          log,
        },
        (result, index) => {
          log(`${result.status}: ${result.name}: ${result.seen} (${result.durationMs} ms)`);
          progress((index + 1) / suite.checks.length, { check: result.name, status: result.status });
        },
      );
      await context.recordChecks(results);
      const failed = results.filter(({ status }) => status === "failed");
      if (failed.length === 0) return;
      const hint = `fraisier show ${context.deployment.id} lists all of them with what was seen.`;
      if (failed.every(({ isUnknown }) => isUnknown)) {
        const unknown = failed.map(sentence).join("; ");
        await context.warn(
          `the release is live, but ${failed.length} of ${results.length} checks could not be made: ${unknown}`,
        );
        return;
      }
      const Failure = failed.every(({ isHostFault }) => isHostFault) ? HostUnavailable : StepFailed;
      throw new Failure(`${failed.length} of ${results.length} checks failed: ${failed.map(sentence).join("; ")}`, {
        hint,
      });
    },
  };
}

function sentence({ name, seen }: CheckResult): string {
  return `${name}: ${seen}`;
}
