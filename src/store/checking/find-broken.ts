import type { OpenBackend } from "../backends/backend.ts";
import { newerStore } from "../newer-store.ts";
import { danglingReferences } from "./dangling-references.ts";
import type { Finding, Rule } from "./finding.ts";
import { forsakenDeployments } from "./forsaken-deployments.ts";
import { otherViews } from "./other-views.ts";
import { statesWithoutSuccess } from "./states-without-success.ts";
import { twoOnOneTarget } from "./two-on-one-target.ts";
import { unknownWords } from "./unknown-words.ts";

const RULES: readonly Rule[] = [
  twoOnOneTarget,
  danglingReferences,
  unknownWords,
  forsakenDeployments,
  statesWithoutSuccess,
  otherViews,
];

/** Every row that breaks a promise of the store. Reads whole tables. The words and views of a store that a newer fraisier has migrated are not this program's to judge. */
export async function findBroken(backend: OpenBackend): Promise<readonly Finding[]> {
  const isNewer = newerStore(backend) !== undefined;
  const rules = isNewer ? RULES.filter((rule) => rule !== unknownWords && rule !== otherViews) : RULES;
  const findings: Finding[] = [];
  for (const rule of rules) findings.push(...(await rule({ db: backend.db, backend })));
  return findings;
}
