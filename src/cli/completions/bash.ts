import { flagsOf, takesFile } from "./described-command.ts";
import type { DescribedCommand } from "./described-command.ts";

/** A script that bash sources: it completes commands, their fixed words and their options. */
export function bashCompletion(commands: readonly DescribedCommand[]): string {
  const cases = commands.map(({ names, actions, options }) => {
    const valued = options.filter(({ value }) => value !== undefined);
    return `    ${names.join(" | ")})
      actions='${actions.join(" ")}'
      options='${options.flatMap(flagsOf).join(" ")}'
      valued='${valued.flatMap(flagsOf).join(" ")}'
      files='${valued.filter(takesFile).flatMap(flagsOf).join(" ")}'
      ;;`;
  });
  return `# bash completion for fraisier
_fraisier() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]:-}
  local actions= options= valued= files= arguments=0 index
  COMPREPLY=()
  if [ "$COMP_CWORD" -le 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '${commands.flatMap(({ names }) => names).join(" ")} --help --version' -- "$current")
    return
  fi
  case $command in
${cases.join("\n")}
    *) return ;;
  esac
  if [[ " $files " == *" $previous "* ]]; then
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ " $valued " == *" $previous "* ]]; then
    return
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    for ((index = 2; index < COMP_CWORD; index++)); do
      if [[ \${COMP_WORDS[index]} == -* ]]; then
        [[ " $valued " != *" \${COMP_WORDS[index]} "* ]] || index=$((index + 1))
      else
        arguments=$((arguments + 1))
      fi
    done
    [ "$arguments" -gt 0 ] || mapfile -t COMPREPLY < <(compgen -W "$actions" -- "$current")
  fi
}
complete -F _fraisier fraisier
`;
}
