import { confirm, updateSettings } from "@clack/prompts";

// Ctrl-D is a no, like Ctrl-C and Escape: @clack/prompts does not know it, and would wait for an input that has ended.
updateSettings({ aliases: { "\u0004": "cancel" } });

// A serial console says that it has no columns, and @clack/prompts would put each letter on a line of its own.
for (const terminal of [process.stdout, process.stderr]) if (terminal.columns === 0) terminal.columns = 80;

export { cancel, confirm, isCancel, select, text } from "@clack/prompts";

/** Whether a person says yes. The Enter key says no. */
export async function agrees(message: string): Promise<boolean> {
  return (await confirm({ message, initialValue: false, output: process.stderr })) === true;
}
