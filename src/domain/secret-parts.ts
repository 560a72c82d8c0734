/** Words that every log is full of, and small numbers (ports, counts): hiding them would guard nothing and hide what happened. */
const EVERYDAY = /^(?:true|false|null|none|yes|no|on|off|\d{1,5})$/i;
/** A shorter part would blank out half of every text, and guard nothing. */
const MIN_LENGTH = 4;
/** A line of a longer secret guards less, and is more often a word of its own. */
const MIN_LINE_LENGTH = 6;
/** A shorter field of a credentials file in JSON is treated alike. */
const MIN_FIELD_LENGTH = 8;

/** `name=value` in query strings, in connection strings (libpq, ODBC, ADO), in .npmrc; the value may be quoted. */
const NAMED =
  /(?:^|[\s?&;,:])[\w.-]*?(?:password|passwd|passphrase|pwd|token|secret|credential|api[_-]?key|access[_-]?key|private[_-]?key|auth|sig|signature)\s*=\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s&;,#'"]+))/gi;
/** The value of an Authorization header (RFC 9110, section 11.4). */
const AUTHORIZATION = /(?:^|[\s:])(bearer|basic|token|bot|apikey)\s+([\w.~+/=-]+)/gi;
/** A line of a .netrc file (its format: GNU inetutils, "The .netrc file"). */
const NETRC = /\bmachine\s[^]{0,500}?\bpassword\s+(\S+)/g;

/** Whether a value is a word that every log is full of. */
export function isEverydayWord(value: string): boolean {
  return EVERYDAY.test(value);
}

/**
 * The parts of a secret that must be hidden wherever they stand by themselves: the whole, its lines, and every part that would be enough to act with. These are
 * the password of a URL (its user, if it has no password), tokens in query strings, the password of a connection string, the token behind `Bearer`, and the
 * texts in a credentials file that is JSON. No part is shorter than four characters.
 */
export function secretParts(secret: string): readonly string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.trim().length >= MIN_LINE_LENGTH);
  return [...new Set([secret, ...lines, ...actingParts(secret)])].filter((part) => part.trim().length >= MIN_LENGTH);
}

/** The parts of a text by which somebody could act, without the text itself: the rest of a file of settings is no secret. */
export function actingParts(text: string): readonly string[] {
  const parts = [...ofUrls(text), ...named(text), ...authorizations(text), ...netrc(text), ...jsonTexts(text)];
  return parts
    .flatMap((part) => [part, ...decoded(part)])
    .filter((part) => !isEverydayWord(part) && part.trim().length >= MIN_LENGTH);
}

function ofUrls(secret: string): readonly string[] {
  // A secret may be a list of URLs (.git-credentials), or several brokers with a comma between them.
  return (secret.match(/(?<![\w+.-])[a-z][\w+.-]{0,30}:\/\/[^\s,"'<>]+/gi) ?? []).flatMap((text) => {
    const url = URL.parse(text);
    if (url === null) return [];
    // A token often stands for the user, alone or beside a password that says nothing.
    const userActs = url.password === "" || /^(?:x-oauth-basic|x)$/.test(url.password);
    // The URL class encodes some characters anew; the text has them as they were written.
    const written = /^[^/]*\/\/([^@/?#]*)@/.exec(text)?.[1]?.split(":") ?? [];
    return userActs ? [url.username, written[0] ?? ""] : [url.password, written.slice(1).join(":")];
  });
}

function named(secret: string): readonly string[] {
  return [...secret.matchAll(NAMED)].flatMap(([, single, double, bare]) => {
    const value = single ?? double ?? bare ?? "";
    return [value, value.replaceAll(/\\(.)/g, "$1")];
  });
}

/** The tokens and passwords behind `Bearer`, `Basic` and the like. */
export function authorizations(secret: string): readonly string[] {
  return [...secret.matchAll(AUTHORIZATION)].flatMap(([, scheme = "", value = ""]) => {
    if (scheme.toLowerCase() !== "basic") return [value];
    const pair = Buffer.from(value, "base64").toString();
    return [value, pair, pair.slice(pair.indexOf(":") + 1)];
  });
}

function netrc(secret: string): readonly string[] {
  return [...secret.matchAll(NETRC)].map(([, password = ""]) => password);
}

function jsonTexts(secret: string): readonly string[] {
  if (!/^\s*[{[]/.test(secret)) return [];
  const found: string[] = [];
  try {
    JSON.parse(secret, (key, value: unknown) => {
      // The kind of a credential, and the public address where it is used, are in every log and guard nothing.
      if (typeof value === "string" && value.length >= MIN_FIELD_LENGTH && key !== "type" && !isOpenUrl(value))
        found.push(value);
    });
  } catch {
    // The secret is no JSON after all, and is hidden as a whole.
    return [];
  }
  return found.flatMap((value) => [
    value,
    ...value.split("\n").filter((line) => line.trim().length >= MIN_LINE_LENGTH),
    ...ofUrls(value),
  ]);
}

function isOpenUrl(value: string): boolean {
  const url = /^https?:\/\/\S+$/.test(value) ? URL.parse(value) : null;
  return url !== null && url.username === "" && url.search === "";
}

/** The text that programs get for a value that a URL carries percent-encoded. */
function decoded(part: string): readonly string[] {
  if (!part.includes("%")) return [];
  try {
    return [decodeURIComponent(part)];
  } catch {
    // A % that encodes nothing: programs get the part as it is.
    return [];
  }
}
