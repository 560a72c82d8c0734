/** How many large bodies go on in one turn of the event loop. */
const AT_ONCE = 4;

/**
 * Large bodies of strangers arrive in turns. The event loop accepts one connection in each of its own turns, so a turn in which every stranger sends
 * two megabytes would keep a forge waiting for seconds before it is even heard.
 */
export function createTurns(): (goOn: () => void) => void {
  const waiting: (() => void)[] = [];
  const next = (): void => {
    for (const goOn of waiting.splice(0, AT_ONCE)) goOn();
    if (waiting.length > 0) setImmediate(next);
  };
  return (goOn) => {
    waiting.push(goOn);
    if (waiting.length === 1) setImmediate(next);
  };
}
