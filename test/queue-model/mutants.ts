import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../helpers/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");

/** A defect that was mended once, as the edits that put it back. */
export interface Mutant {
  readonly name: string;
  readonly edits: readonly { readonly file: string; readonly mended: string; readonly broken: string }[];
  /** What the model says of it. */
  readonly found: RegExp;
}

const UNMOVED = {
  file: "store/writes/record-deliveries.ts",
  mended: 'isMoved: match?.by !== "id" && known.isMoved(led, wish)',
  broken: "isMoved: false",
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: "equal bytes are a redelivery, whatever the forge's id says and wherever the ref was in between",
    edits: [
      {
        file: "webhooks/incoming-delivery.ts",
        mended: "const isKnownByBody = deliveryId === undefined || !forge.redeliveryKeepsId;",
        broken: "const isKnownByBody = true;",
      },
      UNMOVED,
    ],
    found: /was answered "redelivery: delivered before/,
  },
  {
    name: "equal bytes of a forge without ids are a redelivery, though the ref has moved in between",
    edits: [UNMOVED],
    found: /was answered "redelivery: delivered before/,
  },
  {
    name: "a deployment by hand joins one that is being taken back",
    edits: [
      { file: "store/writes/enqueue-deployment.ts", mended: ' || newest?.status === "rolling_back"', broken: "" },
    ],
    found: /joined .*, which is being taken back/,
  },
  {
    name: "a second rollback goes to what was gone back from",
    edits: [
      {
        file: "actions/deployments/rollback-places.ts",
        mended: "const older = origin === undefined ? successes : successes.filter(({ id }) => id < origin);",
        broken: "const older = successes;",
      },
    ],
    found: /a rollback goes forward/,
  },
  {
    name: "a needless deployment drops what it had replaced",
    edits: [
      {
        file: "store/writes/settle-deployment.ts",
        mended: "if (settlement.bringsBack === undefined) return;",
        broken: "return;",
      },
    ],
    found: /is lost/,
  },
];

/** The edits of a defect that do not fit the code any more, which must then follow it. Empty for a defect that can be put back. */
export function misfits({ edits }: Mutant): readonly string[] {
  return edits
    .filter(({ file, mended }) => readFileSync(join(ROOT, "src", file), "utf8").split(mended).length !== 2)
    .map(({ file, mended }) => `${file} must say once: ${mended}`);
}

/** Makes a copy of `src` in which the defect is back. @returns its folder. */
export function withDefect({ edits }: Mutant): string {
  const folder = temporaryFolder();
  cpSync(join(ROOT, "src"), join(folder, "src"), { recursive: true });
  cpSync(join(ROOT, "package.json"), join(folder, "package.json"));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const { file, mended, broken } of edits) {
    const path = join(folder, "src", file);
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(mended, () => broken),
    );
  }
  return join(folder, "src");
}
