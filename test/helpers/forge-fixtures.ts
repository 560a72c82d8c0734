import { createHmac } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Reading } from "../../src/domain/event.ts";

const FOLDER = join(import.meta.dirname, "../fixtures/webhooks");

/** A delivery as it came: `<name>.body` holds the exact bytes, `<name>.json` the rest. */
export interface RecordedFixture {
  readonly name: string;
  readonly source: string;
  /** `none`: sent without one. */
  readonly signature: "recorded" | "made by the test" | "none";
  readonly headers: Readonly<Record<string, string>>;
  readonly becomes: Reading;
  readonly body: Buffer;
}

/** How each forge signs, written down a second time: the headers that a delivery with this secret carries. */
export const SIGNED: Readonly<Record<string, (body: Buffer, secret: string) => Record<string, string>>> = {
  github: (body, secret) => ({ "x-hub-signature-256": `sha256=${hmac(body, secret)}` }),
  gitlab: (_body, secret) => ({ "x-gitlab-token": secret }),
  gitea: (body, secret) => ({
    "x-gitea-signature": hmac(body, secret),
    "x-hub-signature-256": `sha256=${hmac(body, secret)}`,
  }),
  bitbucket: (body, secret) => ({ "x-hub-signature": `sha256=${hmac(body, secret)}` }),
  git: (body, secret) => ({ "x-fraisier-signature": `sha256=${hmac(body, secret)}` }),
};

/** How each forge repeats itself, written down a second time: the headers with its id, and whether a redelivery keeps them. */
export const REPEATS: Readonly<Record<string, { readonly ids: readonly string[]; readonly keepsId: boolean }>> = {
  github: { ids: ["x-github-delivery"], keepsId: true },
  gitlab: { ids: ["idempotency-key", "webhook-id"], keepsId: true },
  gitea: { ids: ["x-forgejo-delivery", "x-gitea-delivery", "x-gogs-delivery", "x-github-delivery"], keepsId: false },
  bitbucket: { ids: ["x-request-uuid"], keepsId: true },
  git: { ids: ["x-fraisier-delivery"], keepsId: true },
};

/** The evidence that a forge lacks, in one sentence; undefined if it is complete. */
export function missingEvidence(forge: string): string | undefined {
  const kinds = new Set(recordedDeliveries(forge).flatMap(({ becomes }) => becomes.events.map(({ kind }) => kind)));
  const folder = `test/fixtures/webhooks/${forge}`;
  const tables = "test/helpers/forge-fixtures.ts";
  const missing = [
    ...(kinds.has("pushed") ? [] : [`a recorded push (${folder}/push.json and push.body)`]),
    ...(kinds.has("deleted") ? [] : [`a recorded deletion (${folder}/branch-deleted.json and branch-deleted.body)`]),
    ...(forge in SIGNED ? [] : [`its line in SIGNED (${tables})`]),
    ...(forge in REPEATS ? [] : [`its line in REPEATS (${tables})`]),
  ];
  return missing.length === 0
    ? undefined
    : `the forge ${forge} lacks ${missing.join(", ")}: docs/adding-a-forge.md shows them`;
}

/** The deliveries in test/fixtures/webhooks/<forge>; none if the folder is not there. */
export function recordedDeliveries(forge: string): readonly RecordedFixture[] {
  const folder = join(FOLDER, forge);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith(".json"))
    .map((file) => {
      const name = file.replace(/\.json$/, "");
      const described = JSON.parse(readFileSync(join(folder, file), "utf8")) as Omit<RecordedFixture, "name" | "body">;
      return { name, ...described, body: readFileSync(join(folder, `${name}.body`)) };
    });
}

function hmac(body: Buffer, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}
