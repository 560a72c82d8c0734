import { renameSync, rmSync, writeFileSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

describe("a process that watches the store", () => {
  it.each([
    ["was deleted", (file: string) => rmSync(file)],
    [
      "was replaced",
      (file: string) => {
        writeFileSync(`${file}.new`, "");
        renameSync(`${file}.new`, file);
      },
    ],
  ])("hears of changes after the file that tells of them %s", async (_, lose) => {
    const file = `${temporaryFolder()}/fraisier.db`;
    const watching = await openStore(`sqlite:${file}`);
    const other = await openStore(`sqlite:${file}`);
    let heard = 0;
    const stop = watching.onPoke(() => {
      heard += 1;
    });
    onTestFinished(async () => {
      stop();
      await watching.close();
      await other.close();
    });
    const hears = async (): Promise<void> => {
      const before = heard;
      await expect
        .poll(() => {
          other.poke();
          return heard;
        })
        .toBeGreaterThan(before);
    };
    await hears();
    lose(`${file}.poke`);
    await hears();
    // Each change counts from now on, and not only the loss of the file.
    await hears();
    await hears();
  });
});
