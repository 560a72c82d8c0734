/** A timer that can be given up. */
export interface WorkingTimeout {
  clear(): void;
}

/** Calls back after this time, in which the milliseconds that `awayMs` counts meanwhile do not count: what waits for the store does not work. */
export function workingTimeout(ms: number, awayMs: () => number, callBack: () => void): WorkingTimeout {
  const before = awayMs();
  let granted = 0;
  let timer: NodeJS.Timeout;
  const wait = (delay: number): void => {
    timer = setTimeout(() => {
      const more = awayMs() - before - granted;
      if (more <= 0) return callBack();
      granted += more;
      wait(more);
    }, delay);
  };
  wait(ms);
  return { clear: () => clearTimeout(timer) };
}
