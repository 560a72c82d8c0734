import { expect, it } from "vitest";
import { patiently } from "../../src/steps/source/patiently.ts";

type Context = Parameters<typeof patiently>[0];

/** Asks a remote that gives these answers, one after the other. */
async function asked(...answers: readonly (string | undefined)[]) {
  const pauses: number[] = [];
  const log: string[] = [];
  const sleep = async (ms: number): Promise<void> => void pauses.push(ms);
  const context = {
    host: { clock: { sleep } },
    signal: new AbortController().signal,
    log: (line: string) => log.push(line),
  };
  let asks = 0;
  const answer = await patiently(context as unknown as Context, async () => answers[asks++]);
  return { answer, asks, pauses, log };
}

it("asks a remote that shows nothing yet three times within a few seconds, and believes it then", async () => {
  expect(await asked("there")).toEqual({ answer: "there", asks: 1, pauses: [], log: [] });
  expect(await asked(undefined, "late")).toMatchObject({ answer: "late", asks: 2, pauses: [1_000] });
  const never = await asked();
  expect(never).toMatchObject({ answer: undefined, asks: 3, pauses: [1_000, 3_000] });
  expect(never.log).toEqual([expect.stringContaining("asking again in 1 s"), expect.stringContaining("in 3 s")]);
});
