import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withApp, withReader } from "../../src/compose/with-store.ts";
import { temporaryFolder } from "../helpers/temporary.ts";

function emptyConfig(): string {
  const folder = temporaryFolder();
  const file = join(folder, "fraises.yaml");
  writeFileSync(file, `store: { url: "sqlite:${folder}/fraisier.db" }\ndeployment: { state_directory: ${folder} }\n`);
  return file;
}

it.each([
  ["looks", withReader],
  ["acts", withApp],
] as const)("the store of a command that %s is closed after its work, and after its failure", async (_, open) => {
  const config = emptyConfig();
  const store = await open(config, async (opened) => {
    expect(await opened.store.deployments.history({ limit: 1 })).toEqual([]);
    return opened.store;
  });
  await expect(store.deployments.history({ limit: 1 })).rejects.toThrow(/not open|closed|destroyed/);
  let kept: typeof store | undefined;
  const failing = open(config, async (opened) => {
    kept = opened.store;
    throw new Error("the work failed");
  });
  await expect(failing).rejects.toThrow("the work failed");
  await expect(kept?.deployments.history({ limit: 1 })).rejects.toThrow(/not open|closed|destroyed/);
});

it("a command may go on if its settings or its store cannot be opened, and is told why", async () => {
  const otherwise = async (error: unknown): Promise<string> => (error as Error).name;
  const work = async (): Promise<string> => "worked";
  expect(await withReader("/nonexistent/fraises.yaml", work, { otherwise })).toBe("UsageError");
  await expect(withReader("/nonexistent/fraises.yaml", work)).rejects.toThrow("/nonexistent/fraises.yaml");
  const failing = async (): Promise<string> => {
    throw new Error("the work failed");
  };
  await expect(withReader(emptyConfig(), failing, { otherwise })).rejects.toThrow("the work failed");
});
