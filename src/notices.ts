let listener: ((notice: string) => void) | undefined;

/** The listener gets every notice from now on. Without a listener, as in the daemon and in runners, notices are dropped. */
export function onNotice(listen: (notice: string) => void): void {
  listener = listen;
}

/** Tells the person at the command line something beside the result of the command: a whole sentence. */
export function notice(text: string): void {
  listener?.(text);
}
