import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { quoted, shown } from "../../src/steps/build/shown.ts";

describe("a command that is shown to people", () => {
  it.each([
    ["npm run build && npm test", "npm run build && npm test"],
    [["npm", "ci"], "npm ci"],
    [["./deploy", "--to=a,b:c/d@e%f+g"], "./deploy --to=a,b:c/d@e%f+g"],
    [["echo", "two words", ""], "echo 'two words' ''"],
    [["echo", "it's", "$(id)"], `echo 'it'\\''s' '$(id)'`],
  ])("%j is shown as %j", (command, text) => {
    expect(shown(command)).toBe(text);
  });

  it.each(["plain", "two words", "it's", '"', "$HOME", "`id`", "a\nb", "*", "-n", "grün 🍓", "\\"])(
    "means to a shell what it meant before: %j",
    (word) => {
      expect(execFileSync("/bin/sh", ["-c", `printf %s ${quoted(word)}`], { encoding: "utf8" })).toBe(word);
    },
  );
});
