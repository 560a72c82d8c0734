import { spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

export interface TerminalResult {
  readonly exitCode: number;
  /** Everything that was written, without the codes that steer a terminal. */
  readonly screen: string;
  /** Everything that was written, with the codes that steer a terminal. */
  readonly raw: string;
}

/**
 * Runs a command on a terminal of its own (script(1) of util-linux) and types each answer once its question is on the screen.
 * @param answers a part of the question, and what is typed or done, in their order.
 */
export async function onTerminal(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  answers: readonly (readonly [question: string, typed: string | ((screen: string) => void)])[],
): Promise<TerminalResult> {
  const line = argv.map((each) => `'${each.replaceAll("'", "'\\''")}'`).join(" ");
  const child = spawn("script", ["-qefc", `stty cols 100 rows 40; ${line}`, "/dev/null"], {
    env: { ...env, TERM: env["FRAISIER_TEST_TERM"] ?? "xterm" },
  });
  const left = [...answers];
  let screen = "";
  let raw = "";
  let seen = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    raw += chunk.toString("utf8");
    screen += stripVTControlCharacters(chunk.toString("utf8"));
    for (let [next] = left; next !== undefined && screen.slice(seen).includes(next[0]); [next] = left) {
      seen = screen.length;
      left.shift();
      if (typeof next[1] === "string") child.stdin.write(next[1]);
      else next[1](screen);
    }
  });
  const exitCode = await new Promise<number>((resolve) => {
    child.once("close", (code) => resolve(code ?? -1));
  });
  return { exitCode, screen, raw };
}
