import type { TagSettings } from "../../config/settings.ts";
import type { Deployment } from "../../domain/deployment.ts";
import { short } from "../../domain/decision.ts";
import { FraisierError } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Step } from "../step.ts";

/** Marks in git what is deployed now, and tells the remote where that is wanted. A failure in it is a warning: the deployment itself went well. */
export function tagRevision({ name: template, push }: TagSettings): Step<"git"> {
  return {
    name: "tag-revision",
    phase: "finalizing",
    describe: () => `Tag the revision ${template}${push ? ", and push the tag" : ""}`,
    async run({ deployment, target, places, host, signal, log }) {
      const { revision } = deployment;
      const at = new Date(deployment.startedAt ?? deployment.queuedAt);
      const name = tagName(template, deployment, at);
      const message = `${targetName(deployment)}: deployment ${deployment.id}, asked for by ${deployment.triggeredBy}`;
      try {
        const made = await host.git.tagRevision(places.mirror, { name, revision, message, at });
        log(made === "made" ? `tagged ${short(revision)} as ${name}` : `the tag ${name} is there already`);
        if (!push) return;
        await host.git.pushTag(places.mirror, { cloneUrl: target.clone_url.reveal(), name, revision, signal });
        log(`pushed the tag ${name}`);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof FraisierError)) throw error;
        log(`warning: ${error.message}${error.hint === undefined ? "" : ` (${error.hint})`}`);
      }
    },
  };
}

/** Pure, and the same for one deployment however often it is asked: its time is when the deployment started. */
function tagName(template: string, deployment: Deployment, at: Date): string {
  const iso = at.toISOString();
  const words: Readonly<Record<string, string>> = {
    fraise: deployment.fraise,
    environment: deployment.environment,
    job: deployment.job,
    date: iso.slice(0, 10),
    time: iso.slice(11, 19).replaceAll(":", ""),
    short: short(deployment.revision),
    revision: deployment.revision,
    deployment: deployment.id,
  };
  return template.replaceAll(/\{(\w+)\}/g, (whole, word: string) => words[word] ?? whole);
}
