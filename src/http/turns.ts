/** How many bodies go on in one turn of the event loop. */
const AT_ONCE = 4;
/** While connections arrive, one body goes on in this many turns. */
const TURNS_PER_BODY = 16;

/** Divides the event loop between those who still send and those who wait to be heard. */
export interface Turns {
  /** Calls back when it is the caller's turn. Callers are served in the order in which they asked. */
  wait(goOn: () => void): void;
  /** A connection was accepted: others may stand behind it in the kernel's queue, a forge's among them. */
  arrived(): void;
}

/**
 * The event loop accepts one connection in each of its turns, so a forge that connects behind a thousand strangers is heard after a thousand turns.
 * If every stranger could send two megabytes in each of these turns, the forge would wait for seconds. So bodies are received in turns, and rarely as
 * long as connections arrive.
 */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let isScheduled = false;
  let isArriving = false;
  let passed = 0;
  const schedule = (): void => {
    if (isScheduled || waiting.length === 0) return;
    isScheduled = true;
    setImmediate(next);
  };
  const next = (): void => {
    isScheduled = false;
    passed += 1;
    const whileArriving = passed % TURNS_PER_BODY === 0 ? 1 : 0;
    const most = isArriving ? whileArriving : AT_ONCE;
    isArriving = false;
    for (const goOn of waiting.splice(0, most)) goOn();
    schedule();
  };
  return {
    wait(goOn) {
      waiting.push(goOn);
      schedule();
    },
    arrived() {
      isArriving = true;
    },
  };
}
