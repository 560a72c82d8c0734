import { flagsOf, printNames, takesFile } from "./described-command.ts";
import type { CommandTree, DescribedCommand, DescribedNoun, DescribedOption } from "./described-command.ts";

/** A file for a folder of zsh's `fpath`: it completes commands, their verbs, their fixed words and their options, with what each is for. */
export function zshCompletion({ commands, nouns }: CommandTree): string {
  const first = [
    ...commands.flatMap(({ names, summary }) =>
      names.filter((name) => !name.includes(" ")).map((name) => ({ name, summary })),
    ),
    ...nouns,
    { name: "help", summary: "say how a command is used" },
  ];
  return `#compdef fraisier
_fraisier_contexts() {
  local -a contexts
  contexts=(\${(f)"$(_call_program contexts fraisier ${printNames("contexts")})"})
  compadd -a contexts
}
_fraisier_targets() {
  local -a targets
  targets=(\${(f)"$(_call_program targets fraisier ${printNames("targets")})"})
  compadd -a targets
}
_fraisier() {
  local -a commands
  local command=\${words[2]}
  commands=(
${described(first)}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands 'command of fraisier' commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $command in
${nouns.map(nounCase).join("\n")}
  esac
  case $command in
${commands.map(commandCase).join("\n")}
  esac
}
if [ "$funcstack[1]" = _fraisier ]; then _fraisier "$@"; else compdef _fraisier fraisier; fi
`;
}

/** Offers the verbs of a noun, and turns the noun and its verb into the command. */
function nounCase({ name, verbs, defaultVerb }: DescribedNoun): string {
  return `    ${name})
      commands=(
${described(verbs)}
      )
      if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
        _describe -t commands 'verb of ${name}' commands
        return
      fi
      case $words[2] in
        ${verbs.map((verb) => verb.name).join("|")})
          command="${name} $words[2]"
          shift words
          (( CURRENT-- ))
          ;;
        *) command="${name} ${defaultVerb ?? ""}" ;;
      esac
      ;;`;
}

function commandCase({ names, choices, takes, options }: DescribedCommand): string {
  const words = takes === undefined ? `(${choices.join(" ")})` : `_fraisier_${takes}`;
  const first = choices.length === 0 && takes === undefined ? [] : [quoted(`1: :${words}`)];
  const lines = [...options.flatMap(specifications), ...first, quoted("*: :")];
  return `    ${names.map(quoted).join("|")})
      _arguments -s ${lines.join(" \\\n        ")}
      ;;`;
}

function described(words: readonly { readonly name: string; readonly summary: string }[]): string {
  return words
    .map(({ name, summary }) => `    ${quoted(`${name}:${summary.replaceAll(":", String.raw`\:`)}`)}`)
    .join("\n");
}

/** As _arguments reads them: `--limit[how many]:number:`. */
function specifications(option: DescribedOption): readonly string[] {
  const { summary, value, isRepeatable, choices, isContext } = option;
  const text = summary.replaceAll(/[[\]]/g, String.raw`\$&`);
  const files = takesFile(option) ? "_files" : "";
  const named = isContext === true ? "_fraisier_contexts" : files;
  const values = choices.length > 0 ? `(${choices.join(" ")})` : named;
  const given = value === undefined ? "" : `:${value.replaceAll(":", " ")}:${values}`;
  return flagsOf(option).map((flag) => quoted(`${isRepeatable ? "*" : ""}${flag}[${text}]${given}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
