import { UsageError } from "../domain/errors.ts";
import { ask } from "./ask.ts";

/** Has a person type a word before a change that cannot be taken back. @throws UsageError if they type another word, or if there is no terminal. */
export async function confirm(question: string, word: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError("there is no person at this terminal to ask", { hint: "Say --yes if you mean it." });
  }
  const answer = await ask(`${question}\nType ${word} to go on: `);
  if (answer !== word) throw new UsageError("not confirmed: nothing was touched");
}
