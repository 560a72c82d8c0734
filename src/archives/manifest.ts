import { z } from "zod";

/** The entries that an archive may contain. The first one is the manifest. */
const PARTS = ["fraises.yaml", "webhook-secrets", "environment", "fraisier.key", "fraisier.db"] as const;
export type PartName = (typeof PARTS)[number];

export const MANIFEST = "manifest.json";

const count = z.number().int().nonnegative();

export const manifestSchema = z.object({
  /** The format of archives. */
  format: z.literal(1),
  made_at: z.string(),
  host: z.string(),
  /** The version of the fraisier that made the archive. */
  program: z.string(),
  /** The number of the store's newest migration. */
  store_version: count,
  /** The path of fraises.yaml on the machine that made the archive. */
  config_file: z.string(),
  counts: z.object({ deployments: count, deliveries: count, variables: count }),
  parts: z.array(z.object({ name: z.enum(PARTS), bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) })),
});

/** The first entry of an archive: which program made it, when, and the hash of every other entry. */
export type ArchiveManifest = z.infer<typeof manifestSchema>;
