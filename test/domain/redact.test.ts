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
    const start = performance.now();
    const redact = redactor(secrets);
    for (const half of ["abc", "-----BEGIN ", lines[0]?.slice(0, 40) ?? ""]) {
      redact(`${half} … [cut]`.repeat(1_600));
      redact(`[cut] … ${half}`.repeat(1_600));
      redact(`[cut] … ${half} … [cut]\n`.repeat(1_600));
    }
    expect(performance.now() - start).toBeLessThan(1_500);
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
});
