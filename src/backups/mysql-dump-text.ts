/** The things beside tables that a dump of mysqldump(1) makes. Each has an owner (DEFINER). */
export type Made = "event" | "function" | "procedure" | "trigger" | "view";

const NAME = "`(?:[^`]|``)*`";
const DEFINER = `DEFINER=(${NAME}(?:@${NAME})?) ?`;
/** The text behind `CREATE` and on the line before it. Text in the body of a routine may look like it and does not match. */
const MAKERS: readonly (readonly [Made, RegExp, RegExp])[] = [
  ["trigger", new RegExp(`^/\\*!50003 CREATE\\*/ /\\*!\\d+ ${DEFINER}\\*/ /\\*!50003 trigger`, "i"), /^DELIMITER ;;/],
  ["event", new RegExp(`^/\\*!50106 CREATE\\*/ /\\*!\\d+ ${DEFINER}\\*/`, "i"), /;;$/],
  ["view", new RegExp(`^/\\*!50013 ${DEFINER}SQL SECURITY`), /^\/\*!50001 CREATE/],
  ["function", new RegExp(`^CREATE ${DEFINER}(?:aggregate )?function`, "i"), /^DELIMITER ;;/],
  ["procedure", new RegExp(`^CREATE ${DEFINER}`), /^DELIMITER ;;/],
];
const ROWS = "INSERT INTO `";

/** A statement that makes one of these things, and its owner as SQL writes it: `` `root`@`localhost` ``. */
interface Making {
  readonly made: Made;
  readonly definer: string;
}

/** The changes to make to a dump that passes. */
export interface DumpEdit {
  readonly rows: "keep" | "leave out";
  making?(making: Making): "keep" | "without definer" | "leave out";
  /** Changes every other line of the dump's statements; rows are left out. */
  line?(line: string): string;
}

/** Passes a dump on, changed. Bytes that are not UTF-8 stay as they are, and a row may be longer than memory. */
export async function* editDump(dump: AsyncIterable<Buffer>, edit: DumpEdit): AsyncGenerator<Buffer> {
  const editor = dumpEditor(edit);
  for await (const chunk of dump) {
    const out = editor.edit(chunk.toString("latin1"));
    if (out !== "") yield Buffer.from(out, "latin1");
  }
  const out = editor.end();
  if (out !== "") yield Buffer.from(out, "latin1");
}

/** Edits the text of a dump that comes in pieces. */
function dumpEditor(edit: DumpEdit): { edit(text: string): string; end(): string } {
  const editLine = lineEditor(edit);
  /** A line of a statement that has not come to its end. */
  let rest = "";
  let isRow = false;
  /** The end of a piece of a row. */
  let last = "";
  const passRow = (piece: string): string => {
    last = (last + piece).slice(-3);
    // Line breaks in values are escaped: this is the end of the statement, which may hold one line for each row.
    if (last === ");\n") isRow = false;
    return edit.rows === "keep" ? piece : "";
  };
  return {
    edit(more) {
      const text = rest + more;
      rest = "";
      let out = "";
      for (let at = 0, end = 0; at < text.length; at = end) {
        const newline = text.indexOf("\n", at);
        end = newline < 0 ? text.length : newline + 1;
        const piece = text.slice(at, end);
        isRow ||= !editLine.isInBody() && piece.startsWith(ROWS);
        if (isRow) out += passRow(piece);
        else if (newline < 0) rest = piece;
        else out += editLine.edit(piece);
      }
      return out;
    },
    end: () => (rest === "" ? "" : editLine.edit(rest)),
  };
}

function lineEditor(edit: DumpEdit): { edit(line: string): string; isInBody(): boolean } {
  let before = "";
  let isInBody = false;
  let isLeftOut = false;
  return {
    isInBody: () => isInBody,
    edit(line) {
      const text = line.trimEnd();
      if (text.startsWith("DELIMITER ")) isInBody = text !== "DELIMITER ;";
      const making = makingOf(text, before);
      before = text;
      const answer = making === undefined ? "keep" : (edit.making?.(making) ?? "keep");
      isLeftOut ||= answer === "leave out";
      if (isLeftOut) {
        isLeftOut = !text.endsWith(";;");
        return "";
      }
      const kept = answer === "without definer" ? line.replace(new RegExp(DEFINER), "") : line;
      return edit.line?.(kept) ?? kept;
    },
  };
}

function makingOf(line: string, before: string): Making | undefined {
  for (const [made, statement, previous] of MAKERS) {
    const definer = previous.test(before) ? statement.exec(line)?.[1] : undefined;
    if (definer !== undefined) return { made, definer: Buffer.from(definer, "latin1").toString() };
  }
  return undefined;
}
