import { printNames, takesFile } from "./described-command.ts";
import type { CommandTree, DescribedCommand, DescribedNoun, DescribedOption, LiveNames } from "./described-command.ts";

/** A file for fish's `completions` folder: it completes commands, their verbs, their fixed words and their options, with what each is for. */
export function fishCompletion({ commands, nouns }: CommandTree): string {
  const lines = [...nouns.flatMap(nounLines), ...commands.flatMap(commandLines)];
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
# Whether the command line begins with these words; if the first argument is 1, only while nothing stands after them.
function __fraisier_words
  set -l given (__fraisier_given)
  set -l wanted $argv[2..-1]
  set -l length (count $wanted)
  test (count $given) -ge $length; or return 1
  test "$given[1..$length]" = "$wanted"; or return 1
  test $argv[1] -eq 0; or test (count $given) -eq $length
end
complete -c fraisier -f
complete -c fraisier -n __fraisier_has_no_command -a help -d 'say how a command is used'
${lines.join("\n")}
`;
}

function nounLines({ name, summary, verbs }: DescribedNoun): readonly string[] {
  return [
    `complete -c fraisier -n __fraisier_has_no_command -a ${name} -d ${quoted(summary)}`,
    ...verbs.map(
      (verb) => `complete -c fraisier -n '__fraisier_words 1 ${name}' -a ${verb.name} -d ${quoted(verb.summary)}`,
    ),
  ];
}

function commandLines({ names, summary, choices, takes, options }: DescribedCommand): readonly string[] {
  return names.flatMap((name) => [
    // The verbs of a noun are offered with the noun.
    ...(name.includes(" ")
      ? []
      : [`complete -c fraisier -n __fraisier_has_no_command -a ${name} -d ${quoted(summary)}`]),
    ...(choices.length === 0
      ? []
      : [`complete -c fraisier -n '__fraisier_words 1 ${name}' -a ${quoted(choices.join(" "))}`]),
    ...(takes === undefined ? [] : [`complete -c fraisier -n '__fraisier_words 1 ${name}' -a ${printed(takes)}`]),
    ...options.map((option) => `complete -c fraisier -n '__fraisier_words 0 ${name}'${optionWords(option)}`),
  ]);
}

function printed(kind: LiveNames): string {
  return `'(fraisier ${printNames(kind)})'`;
}

function optionWords(option: DescribedOption): string {
  const short = option.short === undefined ? "" : ` -s ${option.short.slice(1)}`;
  return `${short} -l ${option.long.slice(2)}${valueWords(option)} -d ${quoted(option.summary)}`;
}

function valueWords(option: DescribedOption): string {
  if (option.value === undefined) return "";
  if (option.isContext === true) return ` -x -a ${printed("contexts")}`;
  if (option.choices.length > 0) return ` -x -a ${quoted(option.choices.join(" "))}`;
  return takesFile(option) ? " -r -F" : " -x";
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
