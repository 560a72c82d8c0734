/**
 * Everything in SQL that is no code: comments, quoted texts and names, dollar-quoted bodies; a backslash escapes in PostgreSQL's E'' only. For mysql(1), a
 * change of the delimiter is left out, too. A part that is never closed goes on to the end of the script, not of the line: `(?![\s\S])`.
 */
const NOT_CODE =
  /^\s*delimiter\b[^\n]*|--[^\n]*|\/\*[\s\S]*?(?:\*\/|(?![\s\S]))|(?<![\w$])e'(?:[^'\\]|''|\\[\s\S])*(?:'|(?![\s\S]))|'(?:[^']|'')*(?:'|(?![\s\S]))|"(?:[^"]|"")*(?:"|(?![\s\S]))|`[^`]*(?:`|(?![\s\S]))|(?<![\w$])(\$(?:[a-z_]\w*)?\$)[\s\S]*?(?:\1|(?![\s\S]))/gim;
// With a dot before it, it is a column; a number or a variable is no word.
const TOKEN = /[;()]|(?<![.\w$@:])[a-z_][\w$]*/gi;

/** The first words of a statement that begins or ends a transaction. */
const STATEMENT =
  /^(begin(?! not\b)|start(?= transaction\b)|commit|rollback(?! ((transaction|work) )?to\b)|end|abort|prepare(?= transaction\b))\b/;
/** Statements with a body of their own: what stands between its BEGIN and END is none of the script's. */
const HAS_BODY =
  /^(begin not atomic|create( or replace| temp| temporary| constraint| aggregate| definer( (?!trigger|function|procedure|event)\w+)?)* (trigger|function|procedure|event|package))\b/;

/**
 * The first word of a script that would begin or end a transaction itself, and so break the one around it; undefined when there is none.
 * A text in quotes, a comment, a body in dollar quotes or of a trigger is none.
 */
export function transactionWordIn(sql: string): string | undefined {
  for (const statement of statementsOf(sql)) {
    const word = STATEMENT.exec(statement)?.[1];
    if (word !== undefined) return word;
  }
  return undefined;
}

/** The words of each statement, in small letters, with blanks between. */
function statementsOf(sql: string): readonly string[] {
  const tokens = [...sql.replaceAll(NOT_CODE, " ").matchAll(TOKEN)].map(([token]) => token.toLowerCase());
  const statements: string[] = [];
  let start = 0;
  while (start < tokens.length) {
    const end = endOf(tokens, start);
    statements.push(tokens.slice(start, end).filter(isWord).join(" "));
    start = end + 1;
  }
  return statements;
}

/** The index of the semicolon of the statement that begins there. */
function endOf(tokens: readonly string[], start: number): number {
  const hasBody = HAS_BODY.test(tokens.slice(start, start + 9).join(" "));
  const end = hasBody ? endBehindBody(tokens, start) : tokens.indexOf(";", start);
  return end < 0 ? tokens.length : end;
}

/** The index of the first semicolon that is not in the body of the statement; -1 if there is none. */
function endBehindBody(tokens: readonly string[], start: number): number {
  /** The words that wait for their END. */
  const open: string[] = [];
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (token === ";" && open.length === 0) return at;
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (depth > 0) continue;
    else if (opens(token, tokens[at - 1], open.length > 0)) open.push(token);
    else if (token === "end" && closes(open.at(-1), tokens[at - 1], tokens[at + 1])) open.pop();
  }
  return -1;
}

/** Whether a word waits for an END from here on. A CASE does so in a body only, and END CASE begins no CASE. */
function opens(token: string, before: string | undefined, isInBody: boolean): boolean {
  return token === "begin" || (token === "case" && isInBody && before !== "end");
}

/** Whether an END ends what is open: a column may have this name, and in a procedure IF and LOOP have ends of their own. */
function closes(open: string | undefined, before = "", after = ""): boolean {
  if (open === "case") return true;
  return open === "begin" && /^(;|begin|atomic)$/.test(before) && !/^(if|loop|while|repeat|for)$/.test(after);
}

function isWord(token: string): boolean {
  return !/[;()]/.test(token);
}
