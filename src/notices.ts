let listener: ((notice: string) => void) | undefined;

/** Whoever runs a command reads what is told from now on. Without a listener, as in the daemon and in runners, notices are dropped. */
export function onNotice(listen: (notice: string) => void): void {
  listener = listen;
}

/** Tells the person at the command line something beside the result of the command: a whole sentence. */
export function notice(text: string): void {
  listener?.(text);
}
