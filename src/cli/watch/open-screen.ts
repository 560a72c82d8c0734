import { emitKeypressEvents } from "node:readline";
import { EXIT } from "../exit-codes.ts";
import type { Key } from "./board-state.ts";

/** The whole terminal, until it is disposed of: other programs find the terminal as it was before. */
export interface Screen extends Disposable {
  readonly room: number;
  readonly rows: number;
  /** Draws all lines, from the top. */
  draw(lines: readonly string[]): void;
}

interface Listener {
  onKey(key: Key): void;
  onResize(): void;
}

/** The alternate screen without a cursor, and back. */
const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
/** The exit codes of a process that ended by these signals. */
const SIGNALS = { SIGTERM: 143, SIGHUP: 129, SIGINT: EXIT.interrupted } as const;

/** Takes the terminal over: the alternate screen, and each key as it is pressed. It is given back however the process ends, but by SIGKILL. */
export function openScreen({ onKey, onResize }: Listener): Screen {
  const { stdin, stdout } = process;
  let isOpen = true;
  const leave = (): void => {
    if (!isOpen) return;
    isOpen = false;
    stdout.write(LEAVE);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
  };
  const key = (_: unknown, pressed: Key): void => onKey(pressed);
  const enders = Object.entries(SIGNALS).map(([signal, code]) => {
    const end = (): void => {
      leave();
      process.exit(code);
    };
    process.on(signal, end);
    return { signal, end };
  });
  process.on("exit", leave);
  // A crash is told on the screen on which the command was typed.
  process.on("uncaughtExceptionMonitor", leave);
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on("keypress", key);
  stdin.resume();
  stdout.on("resize", onResize);
  stdout.write(ENTER);
  return {
    get room() {
      return Math.max(20, stdout.columns || 80);
    },
    get rows() {
      return Math.max(5, stdout.rows || 24);
    },
    draw(lines) {
      if (isOpen) stdout.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join("\r\n")}\u001b[J`);
    },
    [Symbol.dispose]() {
      leave();
      stdin.off("keypress", key);
      stdout.off("resize", onResize);
      process.off("exit", leave);
      process.off("uncaughtExceptionMonitor", leave);
      for (const { signal, end } of enders) process.off(signal, end);
    },
  };
}
