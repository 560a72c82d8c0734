import { CommanderError } from "commander";
import { INSTALLED_CONFIG, onConfigFound } from "../config/file/find-config.ts";
import { harmless } from "../domain/harmless.ts";
import { onNotice } from "../notices.ts";
import type { GlobalOptions, Invocation } from "./command-entry.ts";
import { createProgram } from "./create-program.ts";
import { EXIT } from "./exit-codes.ts";
import { createPrint } from "./print/print.ts";
import type { TimeStyle } from "../domain/time-words.ts";
import { report } from "./report.ts";
import { refuseElsewhere } from "./server/refuse-elsewhere.ts";
import { onServerAsked } from "./server/with-server.ts";
import { usageErrorOf } from "./usage-error-of.ts";
import { verbFirst } from "./verb-first.ts";

/** Runs the command that argv names. Returns the exit code. */
export async function main(typed: readonly string[]): Promise<number> {
  // `| head` closes the pipe: no process reads any more, and that is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.ok);
    throw error;
  });
  onNotice((text) => void process.stderr.write(`warning: ${text}\n`));
  const argv = verbFirst(typed);
  const isJson = argv.includes("--json");
  let exitCode: number = EXIT.ok;
  const program = createProgram(argv, async (entry, args, options) => {
    // A service logs it, and scripts that ask for JSON read standard error, too.
    const isQuiet = options.json === true || entry.isHidden === true || entry.usage === "serve";
    onConfigFound(isQuiet ? () => {} : sayWhichFile());
    onServerAsked(isQuiet ? () => {} : (server) => void process.stderr.write(`fraisier asks ${harmless(server)}\n`));
    refuseElsewhere(entry, options);
    const { run } = await entry.load();
    const times = timeStyle(options);
    const print = createPrint({ isJson: options.json === true, times });
    const invocation: Invocation = { args, options: { ...options }, print };
    exitCode = await run(invocation as Invocation<never>);
  });
  if (argv.length === 0) {
    program.outputHelp();
    return EXIT.ok;
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(error, isJson);
    if (error.exitCode === 0) return EXIT.ok;
    // A noun without its verb: its help is printed already.
    return error.code === "commander.help" ? EXIT.usage : report(usageErrorOf(error, argv), isJson);
  }
}

function timeStyle({ utc = false, absolute = false }: GlobalOptions): TimeStyle {
  if (utc) return "utc";
  return absolute ? "local" : "relative";
}

/** Says once which fraises.yaml is read, unless it is the installed one: a file that is read by accident must be seen. */
function sayWhichFile(): (file: string) => void {
  let said = INSTALLED_CONFIG;
  return (file) => {
    if (file !== said) process.stderr.write(`fraisier uses ${file}\n`);
    said = file;
  };
}
