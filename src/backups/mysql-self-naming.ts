import { mysqlName } from "../databases/clients/mysql-session.ts";

/** The statements in which mysqldump itself writes the name of the database. Elsewhere the same name may be that of a table or an alias. */
const QUALIFIED = "((?:nextval|lastval|setval)\\(|^ALTER DATABASE )";

/** A line of a dump, for a database of another name. */
export function renamed(line: string, from: string, to: string): string {
  const own = new RegExp(QUALIFIED + escaped(latin1(mysqlName(from))), "gi");
  return line.replace(own, (_, before: string) => before + latin1(mysqlName(to)));
}

/** Whether a line may name the database. A doubtful line counts as one that does. */
export function mayName(database: string): (line: string) => boolean {
  // Quotes are doubled in quotes; a trigger stays in the encoding it was written in; the dot may stand on the next line.
  const name = escaped(database)
    .replaceAll(/[`"]/g, (quote) => `${quote}+`)
    .replaceAll(/[^ -~]+/g, "[^ -~]+");
  const own = new RegExp(`(?<![\\w$\\x80-\\xff])${name}[\`"]?\\s*(?:\\.|/\\*|$)`, "i");
  return (line) => !line.startsWith("--") && own.test(line);
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** As the bytes of a dump are read. */
function latin1(text: string): string {
  return Buffer.from(text).toString("latin1");
}
