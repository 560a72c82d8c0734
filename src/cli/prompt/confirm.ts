import { UsageError } from "../../domain/errors.ts";
import { text } from "./prompts.ts";

/** Has a person type a word before a change that cannot be taken back. @throws UsageError if they type another word, or if there is no terminal. */
export async function confirm(question: string, word: string): Promise<void> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError("there is no person at this terminal to ask", { hint: "Say --yes if you mean it." });
  }
  process.stderr.write(`${question}\n`);
  const answer = await text({ message: `Type ${word} to go on:`, output: process.stderr });
  if (typeof answer !== "string" || answer.trim() !== word) throw new UsageError("not confirmed: nothing was touched");
}
