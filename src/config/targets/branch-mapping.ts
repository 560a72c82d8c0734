import type { Draft } from "./draft.ts";
import { didYouMean } from "../file/nearest.ts";

/** `branch_mapping: main: [{ fraise, environment }]`, upstream's way to say which branch goes where. Gives branches by `fraise/environment`. */
export function mappedBranches({ data, problems }: Draft): ReadonlyMap<string, readonly string[]> {
  const branches = new Map<string, string[]>();
  const mappings = Object.entries(data.branch_mapping).flatMap(([branch, all]) =>
    all.map((mapping) => ({ branch, ...mapping })),
  );
  for (const { branch, fraise, environment, environments = [] } of mappings) {
    const complain = (words: string): void =>
      problems.at(["branch_mapping", branch], `branch_mapping.${branch} ${words}`);
    const known = data.fraises[fraise];
    if (known === undefined) {
      complain(`names the fraise "${fraise}", which is not there${didYouMean(fraise, Object.keys(data.fraises))}`);
      continue;
    }
    const names = environment === undefined ? environments : [environment, ...environments];
    if (names.length === 0) complain(`names no environment of ${fraise}`);
    for (const name of names) {
      if (Object.hasOwn(known.environments, name)) {
        const key = `${fraise}/${name}`;
        branches.set(key, [...(branches.get(key) ?? []), branch]);
      } else {
        const others = Object.keys(known.environments).join(", ");
        complain(`names the environment "${name}", which ${fraise} does not have: ${others}`);
      }
    }
  }
  return branches;
}
