import { nearest } from "../../config/file/nearest.ts";
import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";
import { targetName } from "../../domain/fraise.ts";
import type { NamedTarget } from "./target-words.ts";
import { isMeant, typedName } from "./target-words.ts";

/** So many names are listed; `fraisier list` has all of them. */
const LISTED = 12;

/** A name that no target has, with the nearest one that there is. */
export function noSuchTarget(file: string, named: NamedTarget, known: readonly TargetKey[]): UsageError {
  const typed = typedName(named);
  const jobs = known.filter((each) => isMeant(each, { ...named, job: each.job }));
  if (jobs.length > 0 && named.environment !== undefined) {
    const names = jobs.map(({ job }) => job).filter((job) => job !== "");
    return new UsageError(`${named.fraise}/${named.environment} has no job ${named.job ?? ""}`, {
      hint: names.length === 0 ? "It has no jobs." : `${guess(named.job ?? "", names)}It has ${names.join(", ")}.`,
    });
  }
  // The targets of this very fraise say more than those of others.
  const own = known.filter(({ fraise }) => fraise === named.fraise);
  const names = [...new Set((own.length === 0 ? known : own).map(targetName))];
  const more = names.length > LISTED ? ` and ${names.length - LISTED} more: fraisier list` : "";
  const list = `${names.slice(0, LISTED).join(", ") || "no fraise at all"}${more}`;
  return new UsageError(`${file} has no ${typed}`, {
    hint: `${guess(typed, namesLike(named, known))}It has ${list}.`,
  });
}

/** `Did you mean shop? `, or nothing. */
export function guess(word: string, known: readonly string[]): string {
  const likely = nearest(word, known);
  return likely === undefined ? "" : `Did you mean ${likely}? `;
}

/** Every name with as many parts as the one that was typed. */
function namesLike({ environment, job }: NamedTarget, known: readonly TargetKey[]): readonly string[] {
  const names = known.map(({ fraise, ...rest }) =>
    typedName({
      fraise,
      ...(environment === undefined ? {} : { environment: rest.environment }),
      ...(job === undefined || job === "" ? {} : { job: rest.job }),
    }),
  );
  return [...new Set(names)];
}
