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
