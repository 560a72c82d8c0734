import { z } from "zod";
import { targetName } from "../../domain/fraise.ts";
import type { Target } from "../config.ts";
import type { Fields } from "./fields.ts";
import { means } from "./means.ts";
import { didYouMean } from "../file/nearest.ts";
import type { Problems } from "../file/problems.ts";
import type { TagSettings } from "../settings.ts";

/** The placeholders `{…}` in the name of a tag. */
const TAG_WORDS = ["fraise", "environment", "job", "date", "time", "short", "revision", "deployment"] as const;

/** `requires:` and `tag:` of an environment. */
export function promotionFields({ text, duration }: Fields) {
  const tagName = text.superRefine((name, context) => {
    const message = tagProblem(name);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
  return {
    requires: z
      .strictObject({
        environment: text.describe("The environment of this fraise that must run the revision now"),
        verified: z.boolean().default(false).describe("Its last verification there must have passed"),
        within: duration
          .optional()
          .meta(means("How long ago at most that was: verified, or without `verified` went live", "any time")),
      })
      .optional()
      .describe("Limits the revisions that are taken to those that run in another environment"),
    tag: z
      .union([
        tagName.transform((name): TagSettings => ({ name, push: true })),
        z.strictObject({
          name: tagName.describe(`Its name; ${TAG_WORDS.map((word) => `\`{${word}}\``).join(", ")} are filled in`),
          push: z.boolean().default(true).describe("Push it to the remote; a refusal is only a warning"),
        }),
      ])
      .optional()
      .meta({
        description: "A git tag set on what was deployed here; its name alone will do",
        examples: ['"deploy/{environment}/{date}-{short}"'],
      }),
  };
}

/** Text that git-check-ref-format(1) forbids, found before the first deployment has succeeded and not after it. */
function tagProblem(name: string): string | undefined {
  const unknown = [...name.matchAll(/\{([^}]*)\}/g)].find(([, word]) => !TAG_WORDS.some((each) => each === word));
  if (unknown !== undefined) return `${unknown[0]} is none of ${TAG_WORDS.map((word) => `{${word}}`).join(", ")}`;
  const plain = name.replaceAll(/\{\w+\}/g, "x");
  const isName =
    /^(?!-|.*(?:\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)))[^\s~^:?*[\]\\{}\p{Cc}]+$/u.test(plain) &&
    !/^[./]|[./]$/.test(plain);
  return isName && plain !== "@" ? undefined : `"${name}" is no name git takes for a tag`;
}

/** Complaints that need the whole file: the environment that is asked for exists, is another one, and could ever say yes. */
export function checkRequires(targets: readonly Target[], problems: Problems): void {
  for (const target of targets) {
    const { requires } = target.settings;
    if (requires === undefined) continue;
    const path = ["fraises", target.fraise, "environments", target.environment, "requires", "environment"];
    const say = (message: string): void => problems.at(path, message);
    const required = requiredBy(target, targets);
    if (requires.environment === target.environment) {
      say(`${targetName(target)} requires itself: name the environment that comes before it`);
    } else if (required === undefined) {
      const names = [
        ...new Set(targets.filter(({ fraise }) => fraise === target.fraise).map((each) => each.environment)),
      ];
      const help = didYouMean(requires.environment, names, `: ${names.join(", ")}`);
      say(`${target.fraise} has no environment "${requires.environment}"${help}`);
    } else if (isInCircle(target, targets)) {
      say(`${targetName(target)} and ${targetName(required)} wait for each other: no revision could ever be deployed`);
    } else if (requires.verified && required.settings.verify === undefined) {
      say(`${targetName(required)} has no \`verify:\` checks, so nothing can be verified there`);
    }
  }
}

function requiredBy({ fraise, job, settings: { requires } }: Target, targets: readonly Target[]): Target | undefined {
  return targets.find(
    (each) => each.fraise === fraise && each.job === job && each.environment === requires?.environment,
  );
}

function isInCircle(start: Target, targets: readonly Target[]): boolean {
  const seen = new Set<Target>();
  for (let at = requiredBy(start, targets); at !== undefined && !seen.has(at); at = requiredBy(at, targets)) {
    if (at === start) return true;
    seen.add(at);
  }
  return false;
}
