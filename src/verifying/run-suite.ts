import type { CheckContext, Seen } from "../checks/check.ts";
import { checks } from "../checks/index.ts";
import type { CheckSettings, VerifySettings } from "../config/settings.ts";
import { FraisierError, HostUnavailable } from "../domain/errors.ts";
import type { CheckResult } from "../domain/verification.ts";
import { messageOf } from "../domain/message-of.ts";

/** The tools of a suite: a check's surroundings without the time it has. */
export type SuiteContext = Omit<CheckContext, "timeoutMs" | "baseUrl">;

/**
 * Runs every check, one after the other, also after one has failed: who looks wants to know all that is wrong. `onResult` hears of each as it ends.
 * Rejects only when interrupted.
 */
export async function runSuite(
  suite: VerifySettings,
  context: SuiteContext,
  onResult: (result: CheckResult, index: number) => void = () => undefined,
): Promise<readonly CheckResult[]> {
  const { clock } = context.host;
  const deadline = clock.monotonicMs() + suite.timeout;
  const results: CheckResult[] = [];
  for (const [index, settings] of suite.checks.entries()) {
    context.signal.throwIfAborted();
    const begunMs = clock.monotonicMs();
    const left = deadline - begunMs;
    const {
      passed,
      seen,
      isHostFault = false,
      isUnknown = false,
    } = left <= 0
      ? { passed: false, seen: `not run: the ${suite.timeout / 1000} s of verify.timeout were over` }
      : await look(settings, { ...context, baseUrl: suite.base_url, timeoutMs: left });
    // A check that ignores the signal must not be taken for one that failed.
    context.signal.throwIfAborted();
    const result: CheckResult = {
      type: settings.type,
      name: checkName(settings),
      status: passed ? "passed" : FAILED[settings.on_failure],
      seen,
      durationMs: Math.round(clock.monotonicMs() - begunMs),
      at: clock.now(),
      isHostFault: isHostFault || isUnknown,
      isUnknown,
    };
    results.push(result);
    onResult(result, index);
  }
  return results;
}

/** The status of a check that did not pass, by its `on_failure`. */
const FAILED = { warn: "warned", rollback: "failed" } as const;

/** The name of a check for people: its own, or the thing it looks at. */
export function checkName(settings: CheckSettings): string {
  return settings.name ?? checkOf(settings).describe(settings);
}

async function look(
  settings: CheckSettings,
  context: CheckContext,
): Promise<Seen & { readonly isHostFault?: boolean }> {
  const check = checkOf(settings);
  const timeoutMs = Math.ceil(Math.min(settings.timeout ?? check.timeoutMs, context.timeoutMs));
  try {
    return await check.run(settings, { ...context, timeoutMs });
  } catch (error) {
    context.signal.throwIfAborted();
    // A missing client, a unit that is not there: it could not be shown that all is well.
    return { passed: false, seen: inWords(error), isHostFault: error instanceof HostUnavailable };
  }
}

function checkOf({ type }: CheckSettings): (typeof checks)[number] {
  const check = checks.find((each) => each.type === type);
  if (check === undefined) throw new Error(`no check is called ${type}: the configuration was not checked`);
  return check;
}

function inWords(error: unknown): string {
  if (error instanceof FraisierError && error.hint !== undefined) return `${error.message} (${error.hint})`;
  return messageOf(error);
}
