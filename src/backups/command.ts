import { PassThrough, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { StepFailed } from "../domain/errors.ts";
import type { Dump, Dumper, DumpContext } from "./dumper.ts";
import { streamProgram } from "./stream-program.ts";

/**
 * Any engine, by commands of the operator's: `dump` prints on standard output, `restore` reads on standard input. Streams and no file, so
 * that the commands need no leave to write anywhere, and a dump is never on disk in a form that is not a backup's.
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

      // Its form is the operator's: that it is what was written is all that can be said.
      test: ({ read }) => pipeline(read(), new Writable({ write: (_chunk, _, done) => done() })),
    };
  },
};
