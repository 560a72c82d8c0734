import { takesFile } from "./described-command.ts";
import type { DescribedCommand } from "./described-command.ts";

/** A file for fish's `completions` folder: it completes commands, their fixed words and their options, with what each is for. */
export function fishCompletion(commands: readonly DescribedCommand[]): string {
  const lines = commands.flatMap(({ names, summary, actions, options }) => [
    ...names.map((name) => `complete -c fraisier -n __fraisier_has_no_command -a ${name} -d ${quoted(summary)}`),
    ...(actions.length === 0
      ? []
      : [`complete -c fraisier -n '__fraisier_words 1 ${names.join(" ")}' -a ${quoted(actions.join(" "))}`]),
    ...options.map((option) => {
      const short = option.short === undefined ? "" : ` -s ${option.short.slice(1)}`;
      const given = option.value === undefined ? "" : takesFile(option) ? " -r -F" : " -x";
      const flags = `${short} -l ${option.long.slice(2)}${given} -d ${quoted(option.summary)}`;
      return `complete -c fraisier -n '__fraisier_words 0 ${names.join(" ")}'${flags}`;
    }),
  ]);
  return `# fish completion for fraisier
function __fraisier_given
  set -l words (commandline -opc)
  for word in $words[2..-1]
    string match -q -- '-*' $word; or echo $word
  end
end
function __fraisier_has_no_command
  test (count (__fraisier_given)) -eq 0
end
# Whether the command is one of the names; if the first argument is 1, only while nothing stands after it.
function __fraisier_words
  set -l given (__fraisier_given)
  test (count $given) -gt 0; and contains -- $given[1] $argv[2..-1]; or return 1
  test $argv[1] -eq 0; or test (count $given) -eq 1
end
complete -c fraisier -f
${lines.join("\n")}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
