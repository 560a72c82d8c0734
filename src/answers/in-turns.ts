/**
 * Does a piece of work for each of many things, a few at a time. Gives the results in the order of the things.
 * @param tell hears each result, in the same order, as soon as this one and all before it are there.
 */
export async function inTurns<Thing, Result>(
  things: readonly Thing[],
  atOnce: number,
  work: (thing: Thing) => Promise<Result>,
  tell: (result: Result) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = things.entries();
  let told = 0;
  const worker = async (): Promise<void> => {
    for (const [index, thing] of waiting) {
      results[index] = await work(thing);
      for (; told in results; told++) tell(results[told] as Result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}
