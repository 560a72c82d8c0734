import { chmodSync, readFileSync, symlinkSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { keptTrial } from "../../src/sandbox/kept-trial.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

/** A state folder in which a trial with one program is kept. */
function kept() {
  const folder = temporaryFolder();
  const program = join(folder, "bwrap");
  writeFileSync(program, "one", { mode: 0o755 });
  const trial = keptTrial(folder, [program]);
  const before = trial.isKnown();
  trial.keep();
  return { folder, file: join(folder, "sandbox-trial"), program, trial, before };
}

describe("a trial of the sandbox that is kept", () => {
  it("is known to the next process, and not before", () => {
    const { folder, program, before } = kept();
    expect(before).toBe(false);
    expect(keptTrial(folder, [program]).isKnown()).toBe(true);
  });

  it("says nothing about another program, or another content of the same one", () => {
    const { folder, program, trial } = kept();
    expect(keptTrial(folder, [program, "/usr/bin/env"]).isKnown()).toBe(false);
    writeFileSync(program, "another");
    expect(trial.isKnown()).toBe(false);
  });

  it("is believed for an hour, and not from the future", () => {
    const { file, trial } = kept();
    const at = (seconds: number): boolean => {
      const then = Date.now() / 1_000 + seconds;
      utimesSync(file, then, then);
      return trial.isKnown();
    };
    expect(at(-3_500)).toBe(true);
    expect(at(-3_700)).toBe(false);
    expect(at(60)).toBe(false);
  });

  it("is not believed if another user can have written it, if it is a link, or if it is torn", () => {
    const { file, trial } = kept();
    chmodSync(file, 0o620);
    expect(trial.isKnown()).toBe(false);
    chmodSync(file, 0o600);
    expect(trial.isKnown()).toBe(true);
    renameSync(file, `${file}.elsewhere`);
    symlinkSync(`${file}.elsewhere`, file);
    expect(trial.isKnown()).toBe(false);
    renameSync(`${file}.elsewhere`, file);
    writeFileSync(file, readFileSync(file, "utf8").slice(0, 40));
    expect(trial.isKnown()).toBe(false);
  });

  it("is left out if the folder takes no file", () => {
    const { program } = kept();
    const trial = keptTrial("/nowhere", [program]);
    trial.keep();
    expect(trial.isKnown()).toBe(false);
  });
});
