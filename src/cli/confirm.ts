import { createInterface } from "node:readline/promises";
import { UsageError } from "../domain/errors.ts";

/** Has a person type a word before something that cannot be taken back. @throws UsageError when they do not, or nobody is there to ask. */
export async function confirm(question: string, word: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError("nobody is at this terminal to ask", { hint: "Say --yes if you mean it." });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question}\nType ${word} to go on: `);
    if (answer.trim() !== word) throw new UsageError("not confirmed: nothing was touched");
  } finally {
    terminal.close();
  }
}
