import { withApp } from "../../../compose/with-store.ts";
import { changeLines } from "../../../config/changes/change-lines.ts";
import { configChanges, isUnchanged } from "../../../config/changes/config-changes.ts";
import { newForRoot } from "../../../config/changes/root-work.ts";
import { writtenSecrets } from "../../../config/secrets/secrets.ts";
import { short } from "../../../domain/decision.ts";
import { harmless } from "../../../domain/harmless.ts";
import { redactor } from "../../../domain/redact.ts";
import { maskCredentials } from "../../../host/git-failure.ts";
import type { Invocation } from "../../command-entry.ts";
import { EXIT } from "../../exit-codes.ts";
import { configurationAt } from "../../../compose/configuration-at.ts";

/** `fraisier config diff`: exits with 1 if the revision would change anything. */
export async function run({ args: [named], options, print }: Invocation): Promise<number> {
  return await withApp(options.config, async (app) => {
    const { config: next, git } = await configurationAt(app, named);
    const now = app.config;
    const hide = redactor([...writtenSecrets(now), ...writtenSecrets(next)]);
    const clean = (text: string): string => hide(maskCredentials(text));
    const changes = configChanges(now, next);
    const forRoot = newForRoot(now, next);
    const isEqual = isUnchanged(changes);
    const from = now.configuration?.revision;
    if (print.isJson) {
      const document = {
        from: from ?? null,
        to: git.revision,
        file: git.file,
        equal: isEqual,
        ...changes,
        warnings: next.warnings,
        new_for_root: forRoot,
      };
      print.json(
        JSON.parse(JSON.stringify(document), (_key, value: unknown) =>
          typeof value === "string" ? clean(value) : value,
        ),
      );
      return isEqual ? EXIT.ok : EXIT.failed;
    }
    const before = from === undefined ? now.file : short(from);
    if (isEqual) print.line(`${before} -> ${short(git.revision)}: no target and no setting would change`);
    else {
      print.line(`${before} -> ${short(git.revision)}`);
      for (const line of changeLines(changes)) print.line(colour(print, harmless(clean(line))));
    }
    if (forRoot.length > 0)
      print.line(
        `new for this host: ${forRoot.join(", ")}. Once it is in force, sudo fraisier privileges diff shows what root has to install`,
      );
    for (const { file, line, column, message } of next.warnings)
      print.line(`${file}:${line}:${column}: warning: ${message}`);
    return isEqual ? EXIT.ok : EXIT.failed;
  });
}

function colour(print: Invocation["print"], line: string): string {
  if (line.startsWith("+")) return print.style("green", line);
  return line.startsWith("-") ? print.style("red", line) : line;
}
