import type { Invocation } from "../command-entry.ts";
import { bashCompletion } from "../completions/bash.ts";
import { describeCommands } from "../completions/described-command.ts";
import { fishCompletion } from "../completions/fish.ts";
import { zshCompletion } from "../completions/zsh.ts";
import { COMMANDS } from "./index.ts";

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export async function run({ args: [shell = ""], print }: Invocation): Promise<number> {
  const script = SHELLS[shell as keyof typeof SHELLS](describeCommands(COMMANDS));
  if (print.isJson) print.json({ shell, script });
  else print.line(script.trimEnd());
  return 0;
}
