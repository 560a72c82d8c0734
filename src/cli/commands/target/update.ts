import { updateTarget } from "../../../config/edit/edit-target.ts";
import { UsageError } from "../../../domain/errors.ts";
import type { Invocation } from "../../command-entry.ts";
import { editFile } from "../../editing/edit-file.ts";
import type { EditOptions } from "../../editing/edit-options.ts";
import { editOf } from "../../editing/edit-options.ts";
import { editedPlace } from "../../editing/edited-place.ts";

interface Options extends EditOptions {
  readonly unset: readonly string[];
}

/** `fraisier target update <target> --set key.path=value --unset key.path`. */
export async function run(invocation: Invocation<Options>): Promise<number> {
  const { args, options } = invocation;
  const edit = editOf(options, options.unset);
  if (edit.ofFraise.size + edit.set.size + edit.unset.length === 0)
    throw new UsageError("what is to change?", { hint: "--set key.path=value, --unset key.path, --branch …" });
  const { fraise, environment } = await editedPlace(options.config, args);
  await editFile(invocation, {
    change: (document, asText) => updateTarget(document, fraise, environment, { ...edit, asText }),
    done: `${fraise}/${environment} is changed`,
  });
  return 0;
}
