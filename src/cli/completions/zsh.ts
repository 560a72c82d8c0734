import { flagsOf, takesFile } from "./described-command.ts";
import type { DescribedCommand, DescribedOption } from "./described-command.ts";

/** A file for a folder of zsh's `fpath`: it completes commands, their fixed words and their options, with what each is for. */
export function zshCompletion(commands: readonly DescribedCommand[]): string {
  const list = commands.flatMap(({ names, summary }) =>
    names.map((name) => `    ${quoted(`${name}:${summary.replaceAll(":", String.raw`\:`)}`)}`),
  );
  const cases = commands.map(({ names, actions, options }) => {
    const first = actions.length === 0 ? [] : [quoted(`1: :(${actions.join(" ")})`)];
    const lines = [...options.flatMap(specifications), ...first, quoted("*: :")];
    return `    ${names.join("|")})
      _arguments -s ${lines.join(" \\\n        ")}
      ;;`;
  });
  return `#compdef fraisier
_fraisier() {
  local -a commands
  commands=(
${list.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe -t commands 'command of fraisier' commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _fraisier ]; then _fraisier "$@"; else compdef _fraisier fraisier; fi
`;
}

/** As _arguments reads them: `--limit[how many]:number:`. */
function specifications(option: DescribedOption): readonly string[] {
  const { summary, value, isRepeatable } = option;
  const text = summary.replaceAll(/[[\]]/g, String.raw`\$&`);
  const given = value === undefined ? "" : `:${value.replaceAll(":", " ")}:${takesFile(option) ? "_files" : ""}`;
  return flagsOf(option).map((flag) => quoted(`${isRepeatable ? "*" : ""}${flag}[${text}]${given}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
