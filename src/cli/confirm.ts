import { UsageError } from "../domain/errors.ts";
import { ask } from "./ask.ts";

/** Has a person type a word before something that cannot be taken back. @throws UsageError when they do not, or nobody is there to ask. */
export async function confirm(question: string, word: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError("nobody is at this terminal to ask", { hint: "Say --yes if you mean it." });
  }
  const answer = await ask(`${question}\nType ${word} to go on: `);
  if (answer !== word) throw new UsageError("not confirmed: nothing was touched");
}
