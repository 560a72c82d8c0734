/** A part of a text: from, to. */
export type Part = readonly [from: number, to: number];

/** `postgres://shop:PASSWORD@host`, and `https://TOKEN@host`, as forges take it. */
const USER_INFO = /\b([a-z][a-z0-9+.-]*):\/\/([^\s/?#"'`]*)@/gi;
const SECRET_NAME = "[a-z0-9_-]*(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key)[a-z0-9_-]*";
/** `?access_token=…`, `PGPASSWORD=…`, `password: …`, `--api-key …`. */
const NAMED = new RegExp(
  `(?:(?<![a-z0-9])${SECRET_NAME}["']?\\s*[=:]\\s*|--${SECRET_NAME}\\s+)("[^"]*"|'[^']*'|[^\\s"'&#;,]+)`,
  "gi",
);
/** The value of a header that proves who asks. */
const AUTHORIZATION = /\b(?:bearer|basic|token)\s+([\w.~+/=-]{8,})/gi;

/** Finds credentials in a text that is not a secret as a whole, such as a URL or a command. A value that names a variable is no credential. */
export function credentialsIn(text: string): readonly Part[] {
  const parts: Part[] = [];
  for (const { index, 0: whole, 1: scheme = "", 2: user = "" } of text.matchAll(USER_INFO)) {
    const colon = user.indexOf(":");
    const end = index + whole.length - 1;
    if (colon >= 0) parts.push([end - (user.length - colon - 1), end]);
    else if (/^https?$/i.test(scheme)) parts.push([end - user.length, end]);
  }
  for (const pattern of [NAMED, AUTHORIZATION]) {
    for (const { index, 0: whole, 1: value = "" } of text.matchAll(pattern)) {
      const quotes = /^["']/.test(value) ? 1 : 0;
      const end = index + whole.length;
      parts.push([end - value.length + quotes, end - quotes]);
    }
  }
  return parts.filter(([from, to]) => to > from && !namesVariable(text.slice(from, to)));
}

/** `$TOKEN`, `${TOKEN}`, `$(cat token)` and `{placeholder}` name the place of the value. */
export function namesVariable(value: string): boolean {
  return /\$[\w({]|^\{\w+\}$/.test(value);
}
