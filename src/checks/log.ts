import { z } from "zod";
import { keepStart } from "../domain/cut.ts";
import { defineCheck } from "./check.ts";
import { messageOf } from "../domain/message-of.ts";
import { counted } from "../domain/counted.ts";

/** Words that a service in trouble usually logs. */
const TROUBLE = String.raw`\b(ERROR|CRITICAL|FATAL|PANIC|panic:|Traceback \(most recent call last\)|Unhandled|Uncaught)`;

/** Checks that the service has logged no such word since its restart. */
export const log = defineCheck({
  type: "log",
  timeoutMs: 10_000,
  settings({ text, means }) {
    const pattern = text.superRefine((source, context) => {
      try {
        RegExp(source, "u");
      } catch (error) {
        context.addIssue({ code: "custom", message: messageOf(error) });
      }
    });
    const patterns = z.union([pattern, z.array(pattern)]).transform((value) => [value].flat());
    return {
      pattern: patterns
        .default([TROUBLE])
        .meta(
          means("Regular expressions that no line may match", "`ERROR`, `CRITICAL`, `FATAL`, panics, tracebacks, …"),
        ),
      ignore: patterns.default([]).describe("Regular expressions of lines that are no trouble"),
      lines: z
        .int()
        .min(1)
        .max(10_000)
        .default(1_000)
        .describe("How many lines are read, the last ones since the restart"),
    };
  },
  complaint(_settings, { hasService, hasServiceLog }) {
    if (!hasService) return "reads what the service says, and the environment has no service";
    return hasServiceLog
      ? undefined
      : "reads what the service says: name the command that prints it, `logs`, beside `restart`";
  },
  describe(settings) {
    const { pattern } = settings;
    if (pattern.length === 1 && pattern[0] === TROUBLE) return "the service's log since the restart reads well";
    return `the service's log since the restart lacks ${pattern.map((each) => `/${each}/`).join(", ")}`;
  },
  async run(settings, { service, restartedAt }) {
    const { pattern, ignore, lines } = settings;
    const [bad, harmless] = [pattern, ignore].map((sources) => sources.map((source) => new RegExp(source, "u")));
    const said = await service?.recentOutput(lines, restartedAt);
    if (said === undefined)
      return {
        passed: false,
        isUnknown: true,
        seen: `the output of ${service?.name ?? "the service"} cannot be read (for a unit of systemd, the user that fraisier runs as must be in the group systemd-journal)`,
      };
    const found = said.filter(
      (line) => bad?.some((each) => each.test(line)) === true && harmless?.some((each) => each.test(line)) !== true,
    );
    const [first] = found;
    if (first === undefined) return { passed: true, seen: `${counted(said.length, "line")}, no trouble` };
    return {
      passed: false,
      seen: `${counted(found.length, "line")} of ${said.length} in trouble, the first: ${keepStart(first, 300)}`,
    };
  },
});
