import type { StepContext } from "../capabilities.ts";

/** A forge may send its webhook before all of its copies have what was pushed: a "no" is believed when it was said for so long. */
const PAUSES_MS = [1_000, 3_000];

/** Asks the remote again while the answer is undefined, a few seconds at most. */
export async function patiently<Answer>(
  { host, signal, log }: Pick<StepContext<"clock">, "host" | "signal" | "log">,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer | undefined> {
  for (const pause of PAUSES_MS) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    log(`the remote does not show it yet: asking again in ${pause / 1000} s`);
    await host.clock.sleep(pause, signal);
  }
  return await ask();
}
