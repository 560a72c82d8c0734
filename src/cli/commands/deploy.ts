import { spawn } from "node:child_process";
import { deployerOf, openApp, targetOf } from "../../app.ts";
import type { App } from "../../app.ts";
import type { Target } from "../../config/config.ts";
import type { Outcome } from "../../domain/deployment.ts";
import { short } from "../../domain/decision.ts";
import { StepFailed, UsageError } from "../../domain/errors.ts";
import type { Ref } from "../../domain/event.ts";
import { fullRef, isRevision } from "../../domain/event.ts";
import { targetName } from "../../domain/fraise.ts";
import { isAlive, ownIdentity } from "../../host/process-identity.ts";
import { runnerCommand } from "../../launchers/runner-command.ts";
import { placesOf } from "../../pipeline/places.ts";
import type { Invocation } from "../command-entry.ts";
import { EXIT } from "../exit-codes.ts";
import { follow } from "../follow.ts";
import { outcomeStyle } from "../outcome-style.ts";
import { person } from "../person.ts";
import type { Print } from "../print.ts";

interface Options {
  readonly job?: string;
  readonly revision?: string;
  readonly ref?: string;
  readonly wait?: boolean;
  readonly dryRun?: boolean;
}

interface Found {
  readonly revision: string;
  readonly ref: Ref | undefined;
}

export async function run({ args, options, print }: Invocation<Options>): Promise<number> {
  const [fraise = "", environment = ""] = args;
  const app = await openApp(options.config);
  try {
    const target = targetOf(app.config, { fraise, environment, job: options.job ?? "" });
    const found = await findRevision(app, target, options);
    if (options.dryRun === true) return await dryRun(app, target, found, print);
    const wanted = { ...found, previous: undefined, forced: true, message: "", triggeredBy: person() };
    const { deployment, decision, reason } = await app.store.enqueueDeployment(target, "person", wanted);
    app.store.poke();
    const hasDaemon = (await app.store.daemons()).some(
      (each) => isAlive({ host: each.host, pid: each.pid, bootId: each.boot_id, startTime: each.start_time }) === true,
    );
    if (!print.isJson)
      print.line(
        decision === "queued" ? `deployment ${deployment}: ${targetName(target)} at ${short(found.revision)}` : reason,
      );
    if (!hasDaemon) return finish(await runHere(app, deployment, print), deployment, print);
    if (options.wait === true) return finish(await waitFor(app, deployment, print), deployment, print);
    if (print.isJson) print.json({ deployment, decision });
    else print.line(`queued; fraisier logs -f ${deployment} follows it`);
    return EXIT.ok;
  } finally {
    await app.store.close();
  }
}

/** The full hash that is asked for, or what the ref points to at its remote now. */
async function findRevision({ host }: App, target: Target, { revision, ref: name }: Options): Promise<Found> {
  if (revision !== undefined) {
    if (!isRevision(revision)) {
      throw new UsageError(`"${String(revision)}" is no full commit hash`, {
        hint: "git rev-parse gives it; or use --ref with a branch or tag.",
      });
    }
    return { revision, ref: name === undefined ? undefined : { kind: "branch", name } };
  }
  const wanted = name ?? target.subscription.branches.find((pattern) => !/[*?[{!]/.test(pattern));
  if (wanted === undefined)
    throw new UsageError(`${targetName(target)} has no plain branch`, {
      hint: "Name what to deploy: --ref or --revision.",
    });
  for (const kind of ["branch", "tag"] as const) {
    const ref: Ref = { kind, name: wanted };
    const found = await host.git.remoteRevision(target.clone_url.reveal(), fullRef(ref));
    if (found !== undefined) return { revision: found, ref };
  }
  throw new UsageError(`the repository has no branch or tag ${wanted}`, { hint: "Name another: --ref or --revision." });
}

async function dryRun({ config, store }: App, target: Target, { revision, ref }: Found, print: Print): Promise<number> {
  const [row] = await store.targetStatus(target);
  const context = { target, places: placesOf(target, "<deployment>", config.deployment.state_directory) };
  const steps = deployerOf(target)
    .steps(target)
    .map((step) => ({
      step: step.name,
      phase: step.phase,
      does: step.describe(context),
      undone_on_failure: step.undo !== undefined,
    }));
  if (print.isJson) {
    print.json({
      target: targetName(target),
      revision,
      ref: ref === undefined ? null : fullRef(ref),
      runs_now: row?.revision ?? null,
      steps,
    });
    return EXIT.ok;
  }
  print.line(
    `${targetName(target)}: ${revision}${ref === undefined ? "" : ` (${ref.kind} ${ref.name})`}; runs now: ${row?.revision ?? "nothing"}`,
  );
  print.line("Nothing is done. A deployment would, in this order:");
  print.table(
    ["PHASE", "STEP", "DOES", "UNDONE ON FAILURE"],
    steps.map((each) => [each.phase, each.step, each.does, each.undone_on_failure ? "yes" : ""]),
  );
  return EXIT.ok;
}

/** Follows a deployment that a daemon runs; Ctrl-C asks for it to be cancelled. */
async function waitFor({ store }: App, deployment: string, print: Print): Promise<Outcome | undefined> {
  const cancel = (): void => {
    void store.cancelDeployment(deployment, person(), `cancelled by ${person()}`).then(() => store.poke());
    process.once("SIGINT", () => process.exit(EXIT.interrupted));
  };
  process.once("SIGINT", cancel);
  return await follow(store, deployment, print, true);
}

/** No daemon: the same runner as ever, as a child of this command. */
async function runHere(app: App, deployment: string, print: Print): Promise<Outcome | undefined> {
  if (!(await app.store.claimDeployment(deployment, 20_000, JSON.stringify(ownIdentity())))) {
    throw new StepFailed(`deployment ${deployment} cannot start: its target has another one running`, {
      hint: "No daemon serves this store; fraisier status shows what runs.",
    });
  }
  const [program, ...rest] = runnerCommand({ deployment, configFile: app.config.file });
  // In a session of its own, so that the first Ctrl-C reaches this command and not the runner.
  const child = spawn(program, rest, {
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, FRAISIER_RUNNER: "process" },
  });
  process.once("SIGINT", () => {
    print.line("cancelling; Ctrl-C again ends the runner at once");
    void app.store.cancelDeployment(deployment, person(), `cancelled by ${person()}`).then(() => app.store.poke());
    process.on("SIGINT", () => child.kill("SIGTERM"));
  });
  const exited = new Promise<void>((resolve, reject) => {
    child.once("exit", () => resolve());
    child.once("error", reject);
  });
  const [outcome] = await Promise.all([follow(app.store, deployment, print, true), exited]);
  return outcome;
}

function finish(outcome: Outcome | undefined, deployment: string, print: Print): number {
  if (print.isJson) print.json({ deployment, status: outcome });
  else if (outcome !== undefined) print.line(outcomeStyle(print, outcome));
  return outcome === "succeeded" || outcome === "skipped" ? EXIT.ok : EXIT.failed;
}
