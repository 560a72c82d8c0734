import { UsageError } from "../../domain/errors.ts";
import type { TargetKey } from "../../domain/fraise.ts";

/** Options that name parts of a target beside its words. */
export interface TargetOptions {
  readonly job?: string;
  readonly environment?: string;
  /** The older name of `--environment`. */
  readonly target?: string;
}

/** As much of a target's name as a person typed. */
export type NamedTarget = Pick<TargetKey, "fraise"> & Partial<TargetKey>;

/** A name, and the words of the command line that do not belong to it. */
export interface TargetWords {
  /** Undefined if no word was typed. */
  readonly named: NamedTarget | undefined;
  readonly rest: readonly string[];
}

/**
 * Takes the words apart that name a target: `shop/production`, `shop production`, `shop/production/job`, or `shop` alone. Pure.
 * @param isEnvironment whether the second word belongs to the name; without it, the second word always does.
 * @throws UsageError if the words and the options contradict each other.
 */
export function targetWords(
  [first, ...others]: readonly string[],
  options: TargetOptions,
  isEnvironment: (fraise: string, word: string) => boolean = () => true,
): TargetWords {
  if (first === undefined) return { named: withoutWords(options), rest: [] };
  const { fraise, environment, job } = partsOf(first);
  const asked = agreed("environment", [environment, options.environment, options.target]);
  const [second] = others;
  const isTwoWords = asked === undefined && second !== undefined && isEnvironment(fraise, second);
  const known = {
    environment: isTwoWords ? second : asked,
    job: agreed("job", [job, options.job]),
  };
  return {
    named: {
      fraise,
      ...(known.environment === undefined ? {} : { environment: known.environment }),
      ...(known.job === undefined ? {} : { job: known.job }),
    },
    rest: isTwoWords ? others.slice(1) : others,
  };
}

/** The name that all words of a command line are; undefined without a word. @throws UsageError if a word is left: what a person typed is never ignored. */
export function nameIn(words: readonly string[], options: TargetOptions): NamedTarget | undefined {
  const { named, rest } = targetWords(words, options);
  if (named === undefined || rest.length === 0) return named;
  throw new UsageError(`the target is ${typedName(named)} already: ${rest.join(" ")} is one word too many`, {
    hint: "Name the environment once.",
  });
}

/** @throws UsageError if options name a part of a target, but no word names the fraise. */
function withoutWords({ job, environment, target }: TargetOptions): undefined {
  if ((job ?? environment ?? target) === undefined) return undefined;
  throw new UsageError("which fraise?", { hint: "Name the target: shop/production." });
}

/** `shop/production/daily`, taken apart. @throws UsageError */
function partsOf(word: string): NamedTarget {
  const [fraise = "", environment, job, ...more] = word.split("/");
  if ([fraise, environment, job].includes("") || more.length > 0)
    throw new UsageError(`"${word}" is no name of a target`, {
      hint: "A name is shop/production, or shop/production/job.",
    });
  return {
    fraise,
    // `shop/*/daily` is how typedName writes a job without an environment.
    ...(environment === undefined || (environment === "*" && job !== undefined) ? {} : { environment }),
    ...(job === undefined ? {} : { job }),
  };
}

/** The only value among those that were given. @throws UsageError if there are two. */
function agreed(what: string, given: readonly (string | undefined)[]): string | undefined {
  const [value, another] = new Set(given.filter((each) => each !== undefined));
  if (another === undefined) return value;
  throw new UsageError(`the ${what} is named twice: ${value} and ${another}`, { hint: "Name it once." });
}

/** `shop`, `shop/production` or `shop/production/job`, as it was typed. */
export function typedName({ fraise, environment, job }: NamedTarget): string {
  const place = environment ?? (job === undefined ? undefined : "*");
  return [fraise, place, job].filter((part) => part !== undefined && part !== "").join("/");
}

/** Whether a target is one of those that a name stands for. */
export function isMeant(target: TargetKey, { fraise, environment, job }: NamedTarget): boolean {
  return (
    target.fraise === fraise &&
    (environment === undefined || target.environment === environment) &&
    (job === undefined || target.job === job)
  );
}
