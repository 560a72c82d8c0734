import type { ConfigChanges, KeyChange } from "./config-changes.ts";

const SIGNS = { added: "+", changed: "~", removed: "-" } as const;

/** The changes in words, a line each. Lines of a patch's signs: `+ shop/production: added (api)`. */
export function changeLines({ settings, targets }: ConfigChanges): readonly string[] {
  return [
    ...settings.map((each) => `~ ${sentence(each)}`),
    ...targets.flatMap(({ target, change, type, keys }) => [
      `${SIGNS[change]} ${target}: ${words(change, type)}`,
      ...keys.map((each) => `    ${sentence(each)}`),
    ]),
  ];
}

function words(change: keyof typeof SIGNS, type: string): string {
  if (change === "added") return `added (${type})`;
  return change === "removed" ? "removed: it is not deployed any more, and what runs goes on" : "changed";
}

function sentence({ key, before, after }: KeyChange): string {
  if (before === undefined) return `${key}: ${after ?? ""} (was not set)`;
  return after === undefined ? `${key}: not set any more (was ${before})` : `${key}: ${before} -> ${after}`;
}
