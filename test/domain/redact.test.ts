import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
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
    ["longest first", "secret\nsecret-longer", "secret-longer secret", "*** ***"],
    ["not when it is too short", "abc", "abc", "abc"],
  ])("hides a secret %s", (_, secret, text, expected) => {
    expect(redactor([secret])(text)).toBe(expected);
  });

  it("hides nearly all of a long secret that was cut where it was printed", () => {
    const secret = randomBytes(10_000).toString("hex");
    expect(redactor([secret])(`KEY=${secret.slice(0, 16_000)} … [line cut]`).replaceAll("***", "").length).toBeLessThan(
      128 + 40,
    );
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
