import { PassThrough, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StepFailed } from "../domain/errors.ts";
import type { Dump, Dumper, DumpContext } from "./dumper.ts";
import { streamProgram } from "./stream-program.ts";

/**
 * Dumps any engine by commands of the operator's: `dump` prints on standard output, `restore` reads from standard input. fraisier passes streams instead of
 * files, so that the commands need no right to write anywhere, and a dump is never on disk outside of a backup.
 */
export const command: Dumper = {
  engine: "command",
  recognises: (_scheme, { dump }) => dump !== undefined,

  open(context: DumpContext): Dump {
    const { settings, url } = context;
    const env: Record<string, string> = url === undefined ? {} : { DATABASE_URL: url.reveal(context.env) };
    return {
      name: "the database",
      fileName: "database.dump",
      versions: () => Promise.resolve({ tool: "database.backup.dump", engine: "" }),
      size: () => Promise.resolve(undefined),

      async dump(to) {
        let bytes = 0;
        const counted = new PassThrough();
        counted.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
        });
        const flow = pipeline(counted, to);
        await Promise.all([
          flow,
          streamProgram(context, { command: settings.dump ?? [], env, to: counted, what: "database.backup.dump" }),
        ]);
        if (bytes === 0) {
          throw new StepFailed("database.backup.dump printed nothing", {
            hint: "The dump belongs on its standard output.",
          });
        }
      },

      async restore({ read }) {
        await streamProgram(context, {
          command: settings.restore ?? [],
          env,
          from: read(),
          what: "database.backup.restore",
        });
      },

      // The operator chose the form of the dump, so only its hash can be checked.
      test: ({ read }) => pipeline(read(), new Writable({ write: (_chunk, _, done) => done() })),
    };
  },
};
