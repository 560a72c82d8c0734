import { Command, CommanderError } from "commander";
import { INSTALLED_CONFIG, onConfigFound } from "../config/file/find-config.ts";
import { onNotice } from "../notices.ts";
import { programVersion } from "../program-version.ts";
import type { GlobalOptions, Invocation } from "./command-entry.ts";
import { COMMANDS } from "./commands/index.ts";
import { EXIT } from "./exit-codes.ts";
import { createPrint } from "./print/print.ts";
import { report } from "./report.ts";

/** Runs the command that argv names. Returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  // `| head` closes the pipe: no process reads any more, and that is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
  onNotice((text) => void process.stderr.write(`warning: ${text}\n`));
  let exitCode: number = EXIT.ok;
  const program = createProgram((code) => {
    exitCode = code;
  });
  if (argv.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return report(error, argv.includes("--json"));
  }
}

function createProgram(done: (exitCode: number) => void): Command {
  const program = new Command("fraisier")
    .description(
      "Takes every signed push live by its exact revision, takes it back when it does not hold, and says why.",
    )
    .exitOverride()
    .showHelpAfterError("Run fraisier --help to see what there is.")
    .version(programVersion(), "-V", "like `fraisier version`")
    .helpCommand(false)
    .addHelpText(
      "after",
      `\nExit codes: 0 done, 1 a deployment failed, 2 command line or fraises.yaml, 3 this machine, 4 the store, or a file that is closed to you, 70 a bug.`,
    );
  for (const entry of COMMANDS) {
    const command = program
      .command(entry.usage, { hidden: entry.hidden === true })
      .description(entry.summary)
      .helpGroup(`${entry.group}:`)
      .option("-c, --config <file>", "fraises.yaml; else $FRAISIER_CONFIG, /etc/fraisier/fraises.yaml, ./fraises.yaml")
      .option("--json", "print JSON");
    if (entry.alias !== undefined) command.alias(entry.alias);
    for (const [flags, description, fallback] of entry.options ?? []) {
      const gather = (value: string, before: readonly string[]): readonly string[] => [...before, value];
      if (typeof fallback === "object") command.option(flags, description, gather, fallback);
      else command.option(flags, description, fallback);
    }
    command.action(async (...given: unknown[]) => {
      const options = command.opts<GlobalOptions>();
      const args = given
        .slice(0, -2)
        .flat()
        .filter((each) => typeof each === "string");
      // A service logs it, and scripts that ask for JSON read standard error, too.
      if (options.json !== true && entry.hidden !== true && entry.usage !== "serve") onConfigFound(sayWhichFile());
      const { run } = await entry.load();
      const invocation: Invocation = { args, options: { ...options }, print: createPrint(options.json === true) };
      done(await run(invocation as Invocation<never>));
    });
  }
  return program;
}

/** Says once which fraises.yaml is read, unless it is the installed one: a file that is read by accident must be seen. */
function sayWhichFile(): (file: string) => void {
  let said = INSTALLED_CONFIG;
  return (file) => {
    if (file !== said) process.stderr.write(`fraisier uses ${file}\n`);
    said = file;
  };
}
