import { flagsOf, printNames, takesFile } from "./described-command.ts";
import type { CommandTree, DescribedCommand, DescribedNoun } from "./described-command.ts";

/** A script that bash sources: it completes commands, their verbs, their fixed words and their options. */
export function bashCompletion({ commands, nouns }: CommandTree): string {
  const words = [
    ...commands.flatMap(({ names }) => names).filter((name) => !name.includes(" ")),
    ...nouns.map(({ name }) => name),
  ];
  return `# bash completion for fraisier
_fraisier_contexts() {
  mapfile -t COMPREPLY < <(compgen -W "$("\${COMP_WORDS[0]}" ${printNames("contexts")})" -- "$current")
}
_fraisier_targets() {
  mapfile -t COMPREPLY < <(compgen -W "$("\${COMP_WORDS[0]}" ${printNames("targets")})" -- "$current")
}
_fraisier() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]:-}
  local choices= options= valued= files= names= first=2 arguments=0 index
  COMPREPLY=()
  if [ "$previous" = --context ]; then
    _fraisier_contexts
    return
  fi
  if [ "$COMP_CWORD" -le 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '${words.join(" ")} help --help --version' -- "$current")
    return
  fi
  case $command in
${nouns.map(nounCase).join("\n")}
  esac
  case $command in
${commands.map(commandCase).join("\n")}
    *) return ;;
  esac
  case "$command $previous" in
${commands.flatMap(choiceCases).join("\n")}
  esac
  if [[ " $files " == *" $previous "* ]]; then
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ " $valued " == *" $previous "* ]]; then
    return
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    for ((index = first; index < COMP_CWORD; index++)); do
      if [[ \${COMP_WORDS[index]} == -* ]]; then
        [[ " $valued " != *" \${COMP_WORDS[index]} "* ]] || index=$((index + 1))
      else
        arguments=$((arguments + 1))
      fi
    done
    [ "$arguments" -eq 0 ] || return
    if [ -n "$names" ]; then "_fraisier_$names"; else mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current"); fi
  fi
}
complete -F _fraisier fraisier
`;
}

/** Offers the verbs of a noun, and turns the noun and its verb into the command. */
function nounCase({ name, verbs, defaultVerb }: DescribedNoun): string {
  const offer = `mapfile -t COMPREPLY < <(compgen -W '${verbs.map((verb) => verb.name).join(" ")}' -- "$current")`;
  const isVerb = verbs.map((verb) => verb.name).join(" | ");
  return `    ${name})
      if [ "$COMP_CWORD" -eq 2 ] && [[ $current != -* ]]; then
        ${offer}
        return
      fi
      case \${COMP_WORDS[2]} in
        ${isVerb}) command="${name} \${COMP_WORDS[2]}" first=3 ;;
        *) command="${name} ${defaultVerb ?? ""}" ;;
      esac
      ;;`;
}

function commandCase({ names, choices, takes, options }: DescribedCommand): string {
  const valued = options.filter(({ value }) => value !== undefined);
  return `    ${names.map((name) => `'${name}'`).join(" | ")})
      choices='${choices.join(" ")}'${takes === undefined ? "" : ` names=${takes}`}
      options='${options.flatMap(flagsOf).join(" ")}'
      valued='${valued.flatMap(flagsOf).join(" ")}'
      files='${valued.filter(takesFile).flatMap(flagsOf).join(" ")}'
      ;;`;
}

/** Offers the values of an option that takes fixed ones, or the name of a server. Every command has --context. */
function choiceCases({ names, options }: DescribedCommand): readonly string[] {
  return options
    .filter(({ long, choices, isContext }) => choices.length > 0 || (isContext === true && long !== "--context"))
    .map((option) => {
      const words = names.flatMap((name) => flagsOf(option).map((flag) => `'${name} ${flag}'`));
      if (option.isContext === true) return `    ${words.join(" | ")}) _fraisier_contexts; return ;;`;
      return `    ${words.join(" | ")}) mapfile -t COMPREPLY < <(compgen -W '${option.choices.join(" ")}' -- "$current"); return ;;`;
    });
}
