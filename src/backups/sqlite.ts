import { randomUUID } from "node:crypto";
import { dirname } from "node:path";
import { openDatabase } from "../databases/clients/index.ts";
import { parseDatabaseUrl } from "../databases/database-url.ts";
import { keepStart } from "../domain/cut.ts";
import { HostUnavailable, StepFailed } from "../domain/errors.ts";
import type { Dump, Dumper, DumpContext } from "./dumper.ts";
import { streamProgram } from "./stream-program.ts";

/** Options of sqlite3(1): it reads no ~/.sqliterc, asks no questions, ends at the first error, and waits for the application's own writes. */
const SQLITE = "sqlite3 -init /dev/null -batch -bail -cmd '.timeout 30000'";

/** SQLite, by the online backup of sqlite3(1), in both directions: the database may be open and written to. */
export const sqlite: Dumper = {
  engine: "sqlite",
  recognises: (scheme, { dump }) => dump === undefined && scheme === "sqlite",

  open(context: DumpContext): Dump {
    const text = context.url?.reveal(context.env) ?? "";
    const file = parseDatabaseUrl(text).database;
    /** Allows one script at a time for a database, whichever targets share it: flock(2) and SQLite's own locks do not see each other. */
    const alone = (script: string, ...more: readonly string[]): readonly string[] => {
      const seconds = String(Math.ceil(context.timeoutMs / 1000));
      return ["flock", "--close", "--timeout", seconds, file, "sh", "-c", script, "sh", file, ...more];
    };
    // The copy lies beside the database for a moment: the user who owns the database may write there.
    const newCopy = (): string => `${file}.fraisier-copy-${randomUUID()}`;
    const database = openDatabase(text, { ...context, name: "fraisier backup" });
    const { host } = context;

    return {
      name: database.name,
      fileName: "database.sqlite",
      async versions() {
        const tool = await streamProgram(context, {
          command: ["sqlite3", "--version"],
          what: "asking sqlite3 its version",
        });
        const [version = ""] = tool.split(" ");
        // The library is the engine.
        return { tool: `sqlite3 ${version}`, engine: version };
      },
      size: () => host.files.size(file),

      async dump(to) {
        if (!(await host.files.exists(file))) {
          // A missing file and an empty one are the same database, and asking must not make the file.
          to.end();
          return;
        }
        const copy = newCopy();
        await needsRoom(context, file, (await host.files.size(file)) ?? 0);
        await streamProgram(context, {
          command: alone(DUMP, copy),
          // The read transaction holds the moment: without it every write of others would start the copy over.
          input: `begin;\nselect count(*) from sqlite_master;\n.backup ${quoted(copy)}\n`,
          to,
          what: `copying ${database.name}`,
        });
      },

      async restore({ read }) {
        const copy = newCopy();
        await streamProgram(context, {
          command: alone(RESTORE, copy, quoted(copy)),
          from: read(),
          what: `restoring ${database.name}`,
        });
      },

      async test({ read, scratch }) {
        // The file is ours, in a folder of ours, whoever owns the database.
        const { user: _, ...own } = context;
        const answer = await streamProgram(
          { ...own, user: undefined },
          { command: ["sh", "-c", TEST, "sh", scratch], from: read(), what: "testing the copy" },
        );
        if (answer.trim() !== "ok") throw new StepFailed(`the copy is damaged: ${keepStart(answer.trim(), 300)}`);
      },
    };
  },
};

/** `$1` is the database, `$2` the place of its copy for a moment. Copies of dead processes are removed first. */
const DUMP = `rm -f "$1".fraisier-copy-*
umask 077
${SQLITE} "$1" >/dev/null && cat "$2"
code=$?
rm -f "$2" "$2-journal"
exit $code`;

/**
 * The copy is written beside the database and checked. Then sqlite3 takes over its pages in one transaction of the database itself, so that -wal and -shm
 * files, rights and connections of other processes stay valid, and a crash leaves the old or the new content. Pages of another size do not go into a WAL, so
 * the database leaves WAL mode for that long. `$3` is `$2` as sqlite3 quotes it.
 */
const RESTORE = `rm -f "$1".fraisier-copy-*
umask 077
cat > "$2" && [ -e "$2" ] &&
  answer=$(${SQLITE} "$2" 'pragma integrity_check') && { [ "$answer" = ok ] || { echo "the copy is damaged: $answer" >&2; false; }; } &&
  { umask 022; wal=no
    if [ "$(${SQLITE} "$1" 'pragma journal_mode')" = wal ] && [ "$(${SQLITE} "$1" 'pragma page_size')" != "$(${SQLITE} "$2" 'pragma page_size')" ]; then
      wal=$(${SQLITE} -cmd '.timeout 5000' "$1" 'pragma journal_mode = delete')
      [ "$wal" = delete ] || { echo "the backup has pages of another size, which takes the database for itself: stop who has it open" >&2; false; }
    fi; } &&
  printf '.restore %s\\n' "$3" | ${SQLITE} "$1"
code=$?
[ "$wal" != delete ] || ${SQLITE} "$1" 'pragma journal_mode = wal' >/dev/null
rm -f "$2" "$2-journal"
exit $code`;

const TEST = `umask 077
cat > "$1" && ${SQLITE} "$1" 'pragma integrity_check'
code=$?
rm -f "$1" "$1-journal"
exit $code`;

async function needsRoom({ host }: DumpContext, file: string, bytes: number): Promise<void> {
  const free = await host.files.freeBytes(dirname(file));
  if (free >= bytes) return;
  throw new HostUnavailable(
    `${dirname(file)} has ${Math.floor(free / 2 ** 20)} MiB free, and a copy of the database takes ${Math.ceil(bytes / 2 ** 20)} MiB there for a moment`,
    { hint: "Make room there." },
  );
}

/** Quotes a text as dot-commands of sqlite3(1) read it. */
function quoted(text: string): string {
  const escaped = text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\r", "\\r");
  return `"${escaped}"`;
}
