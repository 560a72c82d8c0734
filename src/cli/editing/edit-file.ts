import { FILE_HEADERS_ONLY, createTwoFilesPatch } from "diff";
import type { Document } from "yaml";
import { families } from "../../compose/app.ts";
import { editText } from "../../config/edit/edit-text.ts";
import { readCurrent } from "../../config/from-git/read-current.ts";
import { short } from "../../domain/decision.ts";
import { findConfig } from "../../config/file/find-config.ts";
import { parseConfig } from "../../config/load.ts";
import { readVariables } from "../../config/file/secret-files.ts";
import type { ConfigVariables } from "../../config/file/secret-files.ts";
import { writtenSecrets } from "../../config/secrets/secrets.ts";
import type { Config } from "../../config/config.ts";
import { ConfigError, HostUnavailable, PermissionDenied, UsageError } from "../../domain/errors.ts";
import { isDenied } from "../../domain/is-denied.ts";
import { redactor } from "../../domain/redact.ts";
import { maskCredentials } from "../../host/git-failure.ts";
import { localFiles } from "../../host/local-files.ts";
import type { Invocation } from "../command-entry.ts";
import { showDiff } from "../print/show-diff.ts";

/** @param asText paths whose values the schema wants as text. */
export type Change = (document: Document, asText: ReadonlySet<string>) => void;

/** A change of fraises.yaml that has not been written yet. */
export interface PlannedEdit {
  readonly file: string;
  readonly text: string;
  readonly edited: string;
  /** The settings of the edited text. */
  readonly config: Config;
  /** Without secrets; `""` if the file says so already. */
  readonly diff: string;
}

/** A change of fraises.yaml, and what a person is told of it. */
export interface Edit {
  readonly change: Change;
  /** The sentence for the time when it is done; `""` if a question follows. */
  readonly done: string;
  /** Gives the commands that a person runs after that, and sentences that begin with #. */
  readonly next?: (planned: PlannedEdit) => Promise<readonly string[]>;
}

/**
 * Changes fraises.yaml and shows how, or only shows it. A text that would not load is not written.
 * @throws ConfigError with what is wrong in the text as it would be.
 */
export async function editFile(
  { options, print }: Invocation<{ readonly dryRun?: boolean }>,
  { change, done, next = async () => [] }: Edit,
): Promise<PlannedEdit> {
  const planned = await planEdit(options.config, change);
  const { file, diff } = planned;
  const isWritten = diff !== "" && options.dryRun !== true;
  if (isWritten) await writeEdit(planned);
  const commands = await next(planned);
  if (print.isJson) {
    print.json({ file, diff, written: isWritten, ...(commands.length === 0 ? {} : { next: commands }) });
    return planned;
  }
  showDiff(diff, print);
  if (diff === "") print.line(`${file} says so already: nothing was changed`);
  else if (isWritten) print.line(`${done}; sudo systemctl reload fraisier applies it`);
  else if (done !== "") print.line("dry run: nothing was written");
  for (const [index, command] of commands.entries()) print.line(`${index === 0 ? "next: " : "      "}${command}`);
  return planned;
}

/** The text that a change of fraises.yaml would make. @throws ConfigError with what is wrong in the text as it would be. */
export async function planEdit(configFile: string | undefined, change: Change): Promise<PlannedEdit> {
  const file = findConfig(configFile);
  const text = await mayI(file, localFiles.readText(file));
  if (text === undefined) throw new UsageError(`there is no ${file}`);
  const variables = await readVariables(file, process.env, { webhookSecrets: true });
  const { edited, config } = editedBy(change, file, text, variables);
  await refuseWhatDoesNotCount(config);
  return {
    file,
    text,
    edited,
    config,
    diff: edited === text ? "" : difference({ file, text, edited, config }, variables),
  };
}

/** @throws UsageError if the targets come from git: nobody would read what is written here. */
async function refuseWhatDoesNotCount({ configuration, file }: Config): Promise<void> {
  const git = configuration && (await readCurrent(configuration.folder));
  if (configuration === undefined || git === undefined) return;
  throw new UsageError(
    `the targets of ${file} are not used: revision ${short(git.revision)} of ${configuration.target} is in force`,
    { hint: `Change ${git.file} in its repository and push it: fraisier config diff shows what that would do.` },
  );
}

/** @throws HostUnavailable if somebody else changed the file since it was read. */
export async function writeEdit({ file, text, edited }: PlannedEdit): Promise<void> {
  if ((await localFiles.readText(file)) !== text)
    throw new HostUnavailable(`${file} was changed by somebody else at this moment`, { hint: "Try again." });
  await mayI(file, localFiles.rewriteText(file, edited));
}

/** The text as it would be, and what it means. A value that looks like a number is tried as text if the schema does not take a number there. */
function editedBy(
  change: Change,
  file: string,
  text: string,
  variables: ConfigVariables,
): { readonly edited: string; readonly config: Config } {
  const attempt = (asText: ReadonlySet<string>): { edited: string; config: Config } => {
    const edited = editText(text, (document) => change(document, asText));
    // A file that is not YAML is left alone, and the error appears here.
    return { edited, config: parseConfig(edited === "" ? text : edited, file, families, variables) };
  };
  try {
    return attempt(new Set());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    try {
      return attempt(new Set(error.problems.map(({ path }) => path)));
    } catch (again) {
      // The problems that remain when every such value is a text.
      throw again instanceof ConfigError && again.problems.length < error.problems.length ? again : error;
    }
  }
}

/** Lines around a change, and the ones it takes away, may hold secrets that were written into the file. */
function difference({ file, text, edited, config }: Omit<PlannedEdit, "diff">, variables: ConfigVariables): string {
  const patch = createTwoFilesPatch(file, file, text, edited, "before", "after", { headerOptions: FILE_HEADERS_ONLY });
  return redactor([...writtenSecrets(config), ...secretsIn(text, file, variables)])(maskCredentials(patch));
}

function secretsIn(text: string, file: string, variables: ConfigVariables): readonly string[] {
  try {
    return writtenSecrets(parseConfig(text, file, families, variables));
  } catch (error) {
    // It did not load before the change: what stays in it is known from the text after it.
    if (error instanceof ConfigError) return [];
    throw error;
  }
}

/** fraises.yaml belongs to root: the service's user, too, only reads it. */
async function mayI<Result>(file: string, act: Promise<Result>): Promise<Result> {
  try {
    return await act;
  } catch (cause) {
    if (isDenied(cause)) throw new PermissionDenied(`this user may not change ${file}`, { cause });
    throw cause;
  }
}
