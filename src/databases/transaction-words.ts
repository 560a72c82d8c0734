/** Everything in SQL that is no code: comments, quoted texts and names, dollar-quoted bodies. */
const NOT_CODE =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|`[^`]*(?:`|$)|(\$[A-Za-z_]*\$)[\s\S]*?(?:\1|$)/g;

/** A statement that begins or ends a transaction; `end` alone is not looked for, as bodies of triggers end with it. */
const STATEMENT =
  /^\s*(begin(\s+(transaction|work|deferred|immediate|exclusive))*|start\s+transaction\b.*|commit\b.*|rollback(?!\s+(transaction\s+|work\s+)?to\b).*)\s*$/is;

/**
 * The first word of a script that would begin or end a transaction itself, and so break the one around it; undefined when there is none.
 * A text in quotes, a comment or a body in dollar quotes is none.
 */
export function transactionWordIn(sql: string): string | undefined {
  for (const statement of sql.replaceAll(NOT_CODE, " ").split(";")) {
    const word = STATEMENT.exec(statement)?.[1];
    if (word !== undefined) return word.split(/\s+/)[0];
  }
  return undefined;
}
