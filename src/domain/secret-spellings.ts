/** A shorter piece of base64 stands in many texts by chance. */
const MIN_BASE64 = 4;
/** Programs that print base64 break its lines after so many characters (PEM: RFC 7468; MIME: RFC 2045 and base64(1)). */
const BASE64_LINES = [64, 76];

/**
 * The ways in which programs print a text: as it is; in JSON, URLs, forms, HTML and shell quotes; composed and decomposed Unicode; in hexadecimal; in
 * base64, also where it is the middle of a longer text (`user:password`).
 */
export function spellings(text: string): readonly string[] {
  const forms = text.isWellFormed() ? [text, text.normalize("NFC"), text.normalize("NFD")] : [text];
  return [...new Set(forms)].flatMap((form) => [
    form,
    ...inJson(form),
    ...inUrls(form),
    ...inHtml(form),
    ...inShell(form),
    ...inBytes(Buffer.from(form)),
  ]);
}

function inJson(text: string): readonly string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  const escaped = [
    plain,
    unicodeEscaped(plain, /[\u0080-\uffff]/g),
    unicodeEscaped(plain, /[<>&\u2028\u2029]/g),
    unicodeEscaped(plain, /[<>&'\u0080-\uffff]/g),
  ];
  const slashes = escaped.map((each) => each.replaceAll("/", "\\/"));
  const once = [...escaped, ...slashes];
  // A program that logs in JSON what it was sent in JSON.
  const all = [...once, ...escaped.map((each) => JSON.stringify(each).slice(1, -1))];
  return [...all, ...all.map(withUpperEscapes)];
}

function unicodeEscaped(text: string, characters: RegExp): string {
  return text.replaceAll(characters, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function withUpperEscapes(text: string): string {
  return text.replaceAll(/\\u([\da-f]{4})/g, (_, digits: string) => String.raw`\u${digits.toUpperCase()}`);
}

function inUrls(text: string): readonly string[] {
  if (!text.isWellFormed()) return [];
  const component = encodeURIComponent(text);
  const strict = component.replaceAll(/[!'()*~]/g, percent);
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  const all = [component, strict, form, encodeURI(text), strict.replaceAll("%20", "+"), everyByte(text)];
  return [...all, ...all.map((each) => each.replaceAll(/%[\dA-F]{2}/g, (code) => code.toLowerCase()))];
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function everyByte(text: string): string {
  return Buffer.from(text).toString("hex").toUpperCase().replaceAll(/../g, "%$&");
}

/** The characters that HTML escapes as web frameworks do: a name, a decimal and a hexadecimal number. */
function inHtml(text: string): readonly string[] {
  if (!/[&<>"'`=/]|[^\x20-\x7e]/.test(text)) return [];
  const basic = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const quotes = [
    ["&quot;", "&#39;"],
    ["&quot;", "&#039;"],
    ["&quot;", "&#x27;"],
    ["&#34;", "&#39;"],
    ["&quot;", "&apos;"],
    ["&quot;", "'"],
  ].map(([double = "", single = ""]) => basic.replaceAll('"', double).replaceAll("'", single));
  const everything = basic
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")
    .replaceAll("/", "&#x2F;")
    .replaceAll("`", "&#x60;")
    .replaceAll("=", "&#x3D;");
  const numbers = [10, 16].map((base) =>
    basic.replaceAll(
      /[^\x20-\x7e]/gu,
      (character) => `&#${base === 16 ? "x" : ""}${(character.codePointAt(0) ?? 0).toString(base)};`,
    ),
  );
  return [basic, ...quotes, everything, ...numbers];
}

/** Quoted as sh, bash (`printf %q`, `set -x`) and people do. */
function inShell(text: string): readonly string[] {
  // The characters that Ruby's Shellwords escapes, and those that bash's printf %q does (sh_backslash_quote in its lib/sh/shquote.c).
  const careful = text.replaceAll(/[^\w@%+=:,./-]/g, String.raw`\$&`);
  const bash = text.replaceAll(/[|&;()<>!{}*[\]?^$`,\\"'\s]/g, String.raw`\$&`);
  const ansi = text
    .replaceAll(/[\\']/g, String.raw`\$&`)
    .replaceAll("\n", String.raw`\n`)
    .replaceAll("\t", String.raw`\t`)
    .replaceAll("\r", String.raw`\r`);
  const octal = [...Buffer.from(ansi)]
    .map((byte) => (byte < 0x80 ? String.fromCharCode(byte) : `\\${byte.toString(8)}`))
    .join("");
  return [
    careful,
    bash,
    text.replaceAll("'", String.raw`'\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/[\\"$`]/g, String.raw`\$&`),
    text.replaceAll(/[\\"$`!]/g, String.raw`\$&`),
    ansi,
    octal,
  ];
}

function inBytes(bytes: Buffer): readonly string[] {
  const hex = bytes.toString("hex");
  const base64 = [0, 1, 2].flatMap((offset) => inBase64(bytes, offset));
  const urlSafe = base64.map((each) => each.replaceAll("+", "-").replaceAll("/", "_"));
  return [hex, hex.toUpperCase(), ...base64, ...urlSafe];
}

/** The base64 of some bytes behind `offset` (0 to 2) other bytes, without the characters that the neighbours share in. */
function inBase64(bytes: Buffer, offset: number): readonly string[] {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  const shared = [0, 2, 3][offset] ?? 0;
  const open = (offset + bytes.length) % 3 === 0 ? 0 : 1;
  const core = whole.replace(/=+$/, "").slice(shared, open === 0 ? undefined : -open);
  const exact = offset === 0 ? [whole, whole.replace(/=+$/, "")] : [];
  const lines = offset === 0 ? BASE64_LINES.flatMap((width) => linesOf(whole, width)) : [];
  return [...exact, core, ...lines].filter((each) => each.length >= MIN_BASE64);
}

/** The lines into which a program breaks base64; a last line of a few characters would be found everywhere. */
function linesOf(base64: string, width: number): readonly string[] {
  if (base64.length <= width) return [];
  return (base64.match(new RegExp(`.{1,${width}}`, "g")) ?? []).filter((line) => line.length >= 12);
}
