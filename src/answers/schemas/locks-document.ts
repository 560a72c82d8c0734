import { z } from "zod";
import type { Described } from "./described.ts";
import { version } from "./common-fields.ts";
import { lock } from "./target-fields.ts";

export const locksDocumentSchema = z
  .strictObject({ version, locks: z.array(lock) })
  .meta({ id: "Locks", description: "Every lock in force: `fraisier lock --json`." });

export type LocksDocument = Described<typeof locksDocumentSchema>;
