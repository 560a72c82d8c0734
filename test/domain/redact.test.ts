import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keepEnd, keepStart } from "../../src/domain/cut.ts";
import { redactor } from "../../src/domain/redact.ts";
import { guardedValues } from "../../src/variables/guarded-values.ts";

const TARGET = { fraise: "shop", environment: "production", job: "" };
const guard = (values: Record<string, string>): ((text: string) => string) =>
  redactor(guardedValues(new Map(Object.entries(values)), TARGET));

describe("redacting", () => {
  it.each([
    ["as it is", "hunter2-hunter2", "it is hunter2-hunter2!", "it is ***!"],
    ["in JSON", 'say "hi"\tnow', `{"v":${JSON.stringify('say "hi"\tnow')}}`, '{"v":"***"}'],
    ["in a URL", "a b/c&d", `https://x/?q=${encodeURIComponent("a b/c&d")}`, "https://x/?q=***"],
    ["line by line", "first line\n  }\nsecond line", "second line, first line, }", "***, ***, }"],
    ["but no word that one of its lines is", "multi\nline", "a line of multi\nline", "a line of ***"],
    ["longest first", "secret\nsecret-longer", "secret-longer secret", "*** ***"],
    ["not when it is too short", "abc", "abc", "abc"],
  ])("hides a secret %s", (_, secret, text, expected) => {
    expect(redactor([secret])(text)).toBe(expected);
  });

  it("hides nearly all of a long secret that was cut where it was printed", () => {
    const secret = randomBytes(10_000).toString("hex");
    expect(redactor([secret])(keepStart(`KEY=${secret}`, 16_000))).toBe("KEY=*** … [cut]");
    expect(redactor([secret])(keepEnd(`${secret}.`, 16_000))).toBe("[cut] … ***.");
    expect(redactor([secret])(`KEY=${secret.slice(0, 16_000)}`).replaceAll("***", "").length).toBeLessThan(128 + 4);
  });

  it("hides what a cut left of a secret, wherever it was cut, and no more", () => {
    const secrets = ["s3cret-token-42", 'a "quoted" one', "first line\nsecond line", "token"];
    const redact = redactor(secrets);
    for (const said of ["s3cret-token-42", JSON.stringify('a "quoted" one').slice(1, -1), "second line"]) {
      const text = `xx ${said} yy`;
      const halves = Array.from(said.slice(2), (_, index) => said.slice(index, index + 3));
      for (let length = 1; length <= text.length; length++) {
        for (const cut of [keepStart(text, length), keepEnd(text, length)])
          expect(halves.filter((half) => redact(cut).includes(half))).toEqual([]);
      }
    }
    expect(redact("[cut] … the rest … [cut]")).toBe("[cut] … the rest … [cut]");
    expect(redact("[cut] … token, token and a tok … [cut]")).toBe("[cut] … ***, *** and a *** … [cut]");
  });

  it("hides what two cuts left of the middle of a secret, however long it is", () => {
    for (const bytes of [12, 150, 1_500, 6_000]) {
      const secret = randomBytes(bytes).toString("base64url");
      const redact = redactor([secret]);
      for (const shown of [9, 60, 300, 600]) {
        const line = `env: ${"x".repeat(50)}${secret} tail`;
        const seen = redact(keepEnd(keepStart(line, 50 + bytes), shown));
        const parts = Array.from(secret.slice(4), (_, index) => secret.slice(index, index + 5));
        expect(parts.filter((part) => seen.includes(part))).toEqual([]);
      }
      expect(redact(keepStart(`x ${secret}`, 2 + Math.ceil(secret.length * 0.8)))).toBe("x *** … [cut]");
    }
    const json = `{"key":"${randomBytes(300).toString("hex")}","more":"${randomBytes(300).toString("hex")}"}`;
    expect(redactor([json])(keepStart(JSON.stringify({ json }), 900))).toBe('{"json":"*** … [cut]');
    // The rest of a long one is no word of its own.
    expect(redactor([`${"0123456789abcdef".repeat(24)}tail`])("the tail")).toBe("the tail");
  });

  it("takes no longer for many cuts than for many words", () => {
    const lines = Array.from({ length: 50 }, () => `-----BEGIN ${randomBytes(48).toString("base64")}`);
    const secrets = [lines.join("\n"), ...lines];
    const start = process.cpuUsage();
    const redact = redactor(secrets);
    for (const half of ["abc", "-----BEGIN ", lines[0]?.slice(0, 40) ?? ""]) {
      redact(`${half} … [cut]`.repeat(1_600));
      redact(`[cut] … ${half}`.repeat(1_600));
      redact(`[cut] … ${half} … [cut]\n`.repeat(1_600));
    }
    expect(process.cpuUsage(start).user / 1e3).toBeLessThan(4_000);
  });

  it("hides the password of a URL by itself, as written and as meant, and leaves everyday words alone", () => {
    const redact = guard({
      DATABASE_URL: "postgres://shop:p%40ss%2Fword@db/shop",
      PORT: "8000",
      NODE_ENV: "production",
      DEBUG: "false",
      TOKEN: "t0ken-t0ken",
    });
    expect(redact("password p@ss/word, p%40ss%2Fword, t0ken-t0ken")).toBe("password ***, ***, ***");
    expect(redact("shop/production on 8000: false")).toBe("shop/production on 8000: false");
    expect(guard({ ODD: "https://u:100%@x/" })("100%")).toBe("***");
  });

  const SECRET = "P\u00e4ss/w\"<o>&r'd $1\\ \u{1f511}+=?end";
  const ASCII = "s3cret/with+some=signs&more";
  const json = (text: string): string => JSON.stringify(text).slice(1, -1);
  const ascii = (text: string): string =>
    json(text).replaceAll(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

  it.each([
    ["base64", (secret: string) => btoaUtf8(secret)],
    ["base64 without padding", (secret: string) => btoaUtf8(secret).replaceAll("=", "")],
    ["base64 for URLs", (secret: string) => Buffer.from(secret).toString("base64url")],
    ["hexadecimal digits", (secret: string) => Buffer.from(secret).toString("hex")],
    ["capital hexadecimal digits", (secret: string) => Buffer.from(secret).toString("hex").toUpperCase()],
    [
      "percent escapes in lower case",
      (secret: string) => encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase()),
    ],
    ["the strict escapes of RFC 3986", (secret: string) => encodeURIComponent(secret).replaceAll("'", "%27")],
    ["the fields of a form", (secret: string) => new URLSearchParams({ "": secret }).toString().slice(1)],
    ["JSON with ASCII alone", ascii],
    [
      "JSON with capital digits",
      (secret: string) => ascii(secret).replaceAll(/\\u(....)/g, (_, digits: string) => `\\u${digits.toUpperCase()}`),
    ],
    ["JSON within JSON", (secret: string) => json(json(secret))],
    ["JSON with ASCII alone within JSON", (secret: string) => json(ascii(secret))],
    ["JSON with escaped slashes", (secret: string) => ascii(secret).replaceAll("/", "\\/")],
    [
      "JSON safe for HTML",
      (secret: string) => json(secret).replaceAll(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    ],
    [
      "HTML",
      (secret: string) =>
        secret
          .replaceAll("&", "&amp;")
          .replaceAll("<", "&lt;")
          .replaceAll(">", "&gt;")
          .replaceAll('"', "&quot;")
          .replaceAll("'", "&#39;"),
    ],
    ["single quotes of the shell", (secret: string) => secret.replaceAll("'", String.raw`'\''`)],
    ["double quotes of the shell", (secret: string) => secret.replaceAll(/[\\"$`]/g, String.raw`\$&`)],
    ["decomposed Unicode", (secret: string) => secret.normalize("NFD")],
  ] as const)("hides a secret written as %s", (_, write) => {
    for (const secret of [SECRET, ASCII]) expect(redactor([secret])(`[${write(secret)}]`)).toBe("[***]");
  });

  it("finds a secret that the terminal's own programs have quoted or encoded", () => {
    const script = `printf '%q\n' "$S"; set -x; : "$S"; printf %s "$S" | base64 -w0; printf %s "user:$S" | base64; printf %s "$S" | od -An -tx1 -v | tr -d ' \n'`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script], {
      env: { S: SECRET, PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" },
      encoding: "utf8",
    });
    const seen = redactor([SECRET])(stdout + stderr);
    expect(stdout).toContain(btoaUtf8(SECRET));
    for (const rest of ["ss/w", "c3a4", btoaUtf8(SECRET).slice(4, 12), "end"])
      expect(seen.toLowerCase()).not.toContain(rest.toLowerCase());
  });

  it.each([0, 1, 2, 3, 4, 5])(
    "hides a password within the base64 of a user of %i letters and the password",
    (length) => {
      const encoded = btoaUtf8(`${"u".repeat(length)}:${ASCII}`);
      const seen = redactor([ASCII])(`Authorization: Basic ${encoded}`);
      expect(seen).toContain("***");
      // A character at the seam shares its bits with the neighbour; six bits of the secret are what may remain at each end.
      expect(seen.replace(/^.*Basic /, "").replaceAll("***", "").length).toBeLessThanOrEqual(
        Math.ceil(((length + 1) * 4) / 3) + 4,
      );
    },
  );

  it("hides the lines of a long secret in base64 as PEM and base64(1) break them", () => {
    const secret = randomBytes(300).toString("hex");
    for (const width of [64, 76]) {
      const text = btoaUtf8(secret).replaceAll(new RegExp(`.{${width}}`, "g"), "$&\n");
      expect(redactor([secret])(text).replaceAll(/[*\n]/g, "").length).toBeLessThan(12);
    }
  });

  it("hides what of a secret stands in each line of a longer text in base64, wherever the lines are broken", () => {
    for (const length of [16, 40, 150]) {
      const secret = randomBytes(length).toString("base64url");
      const redact = redactor([secret]);
      for (let before = 0; before < 80; before++) {
        const text = btoaUtf8(`${"x".repeat(before)}${secret}${"y".repeat(60)}`);
        for (const width of [64, 76]) {
          const seen = text.replaceAll(new RegExp(`.{${width}}`, "g"), "$&\n");
          const shown = [redact(seen), ...seen.split("\n").map(redact)].map((each) =>
            Buffer.from(each.replaceAll(/\*\*\*|\n/g, ""), "base64").toString("latin1"),
          );
          const parts = Array.from(secret.slice(8), (_, index) => secret.slice(index, index + 9));
          expect(parts.filter((part) => shown.some((each) => each.includes(part)))).toEqual([]);
        }
      }
    }
  });

  it.each([
    ["the token that is the user of a URL", "https://ghp_0123456789@github.com/x.git", "ghp_0123456789"],
    ["the token beside x-oauth-basic", "https://ghp_0123456789:x-oauth-basic@github.com/x.git", "ghp_0123456789"],
    ["the password of a URL in a list of them", "amqp://a:first-pass@h1,amqp://a:second-pass@h2", "second-pass"],
    ["a token in a query string", "https://api.example/hook?team=7&access_token=tok-98765&x=1", "tok-98765"],
    ["the password of a libpq connection string", "host=db user=shop password='it''s \\'q' dbname=shop", "it"],
    ["the password of an ADO connection string", "Server=db;User Id=shop;Password=p4ss;w0rd=1", "p4ss"],
    ["the token behind Bearer", "Bearer abc.def-ghi", "abc.def-ghi"],
    ["the password behind Basic", `Basic ${btoaUtf8("shop:b4sic-pass")}`, "b4sic-pass"],
    ["the token of .npmrc", "//npm.example/:_authToken=npm_abcdef", "npm_abcdef"],
    ["the password of .netrc", "machine git.example login ann password netrc-pass", "netrc-pass"],
    [
      "a key in the JSON of a service account",
      JSON.stringify({ type: "service_account", private_key: "-----BEGIN KEY-----\nAbCdEf012345\n" }),
      "AbCdEf012345",
    ],
  ])("hides %s by itself", (_, secret, part) => {
    const redact = redactor([secret]);
    if (part.length >= 4) expect(redact(`using ${part} now`)).toBe("using *** now");
    expect(redact(`all: ${secret}`)).toBe("all: ***");
    expect(redact("service_account of shop on api.example with github.com")).toBe(
      "service_account of shop on api.example with github.com",
    );
  });

  it("redacts a line before it is cut, so that no half of a secret stands at the end", () => {
    const secret = "s3cret".repeat(40);
    const line = `${"x".repeat(16_300)}${secret}${"y".repeat(1_000)}`;
    expect(keepStart(redactor([secret])(line), 16_384)).toBe(`${"x".repeat(16_300)}***${"y".repeat(81)} … [cut]`);
  });
});

function btoaUtf8(text: string): string {
  return Buffer.from(text).toString("base64");
}
