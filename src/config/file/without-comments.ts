import { Lexer } from "yaml";

/** Announces that the next lexeme is a scalar without quotes, which may begin with `#` in a block. */
const SCALAR = "\u001F";
/** The lexer's own signs: a document begins, or a flow collection ends in error. */
const SIGNS: ReadonlySet<string> = new Set(["\u0002", "\u0018", SCALAR]);

/** YAML without its comments, which may hold a secret. Lines stay where they are. */
export function withoutComments(text: string): string {
  let rest = "";
  let isScalar = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (!SIGNS.has(lexeme) && (isScalar || !lexeme.startsWith("#"))) rest += lexeme;
    isScalar = lexeme === SCALAR;
  }
  return rest;
}
