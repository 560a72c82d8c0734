import { createInterface } from "node:readline/promises";

/** The words that a person types; `""` if they end the input (Ctrl-D) or interrupt (Ctrl-C) instead of answering. */
export async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    return (await Promise.race([terminal.question(question), gone])).trim();
  } catch (error) {
    if (!(error instanceof Error && error.name === "AbortError")) throw error;
    // The cursor stands behind the question.
    process.stderr.write("\n");
    return "";
  } finally {
    terminal.close();
  }
}
