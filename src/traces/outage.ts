import type { Trouble } from "../domain/trouble.ts";
import type { Log } from "../log.ts";
import { backoffMs } from "./backoff.ts";

/** A receiver that only starts again is not worth a word. */
const FAILURES_TOLD = 2;

/** Why spans could not be sent. */
interface Failure {
  /** Stays the same while the reason does. */
  readonly about: string;
  /** Behind the URL of the receiver, in words; undefined if another part of fraisier tells of it. */
  readonly why: string | undefined;
  /** The time of the oldest change that waits. */
  readonly since: string;
  /** How long the receiver asks to be left alone. */
  readonly afterMs: number;
}

/** The time during which the receiver takes nothing: when it is asked again, and what people are told, once. */
export interface Outage {
  /** Whether there is one. */
  isOn(): boolean;
  /** Whether the receiver may be asked now. */
  mayTry(): boolean;
  fail(failure: Failure): void;
  /** It has taken something, or another receiver is asked from here on. */
  end(): void;
  waitingSince(): string | undefined;
  troubles(): readonly Trouble[];
}

export function createOutage(receiver: () => string, redact: (text: string) => string, log: Log): Outage {
  let failures = 0;
  let notBefore = 0;
  let since: string | undefined;
  let told: { readonly about: string; readonly message: string } | undefined;
  return {
    isOn: () => failures > 0,
    mayTry: () => performance.now() >= notBefore,
    fail(failure) {
      failures += 1;
      since = failure.since;
      notBefore = performance.now() + backoffMs(failures, failure.afterMs);
      if (failures < FAILURES_TOLD || told?.about === failure.about || failure.why === undefined) return;
      const message = `Traces wait: ${receiver()} ${failure.why}. They are sent once it takes them, for up to 7 days.`;
      // The part of the daemon that looks for troubles logs them, too.
      told = { about: failure.about, message: redact(message) };
    },
    end() {
      if (told !== undefined) log.info({ receiver: receiver() }, "the receiver takes traces again");
      failures = 0;
      notBefore = 0;
      since = undefined;
      told = undefined;
    },
    waitingSince: () => since,
    troubles: () => (told === undefined ? [] : [{ kind: "traces", subject: "server.traces", message: told.message }]),
  };
}
