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
  if (first === undefined) {
    const { job, environment, target } = options;
    if ((job ?? environment ?? target) === undefined) return { named: undefined, rest: [] };
    throw new UsageError("which fraise?", { hint: "Name the target: shop/production." });
  }
  const [fraise = "", ...parts] = first.split("/");
  if (fraise === "" || parts.length > 2 || parts.includes(""))
    throw new UsageError(`"${first}" is no name of a target`, {
      hint: "A name is shop/production, or shop/production/job.",
    });
  const [second] = others;
  const isNamed = parts.length === 0 && (options.environment ?? options.target) === undefined;
  const isTwoWords = isNamed && second !== undefined && isEnvironment(fraise, second);
  const environment = agreed("environment", [
    parts[0],
    isTwoWords ? second : undefined,
    options.environment,
    options.target,
  ]);
  const job = agreed("job", [parts[1], options.job]);
  return {
    named: {
      fraise,
      ...(environment === undefined ? {} : { environment }),
      ...(job === undefined ? {} : { job }),
    },
    rest: isTwoWords ? others.slice(1) : others,
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
