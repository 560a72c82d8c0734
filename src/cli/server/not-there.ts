import { UsageError } from "../../domain/errors.ts";

/** Errors for names of things that are not on record, in the same words wherever they are looked for. */
export function nothingKnownOf(name: string): UsageError {
  return new UsageError(`nothing is known of ${name}`, {
    hint: "No push has reached it yet: fraisier webhooks shows what arrived, fraisier list what is configured.",
  });
}

export function notRemembered(typed: string): UsageError {
  if (typed === "last") return new UsageError("nothing was ever deployed");
  return new UsageError(`"${typed}" is no delivery, deployment or revision that fraisier remembers`, {
    hint: "fraisier webhooks and fraisier history list them; fraisier why <target> tells of a target.",
  });
}

export function neverDeployed(name: string): UsageError {
  return new UsageError(`nothing was ever deployed to ${name}`, {
    hint: "fraisier status says what runs on each target.",
  });
}
