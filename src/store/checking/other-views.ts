import type { Rule } from "./finding.ts";

/** The views are those of this program. */
export const otherViews: Rule = async ({ db, backend }) => {
  const names = await backend.checking.otherViews(db, backend.views);
  return names.map((name) => ({
    table: name,
    row: "the view",
    problem: "it is not the view that this fraisier made, or it is missing",
    remedy: `Stop the daemon, and make it anew: drop view if exists ${name}; create view ${name} as ${(backend.views.find((each) => each.name === name)?.sql ?? "").replaceAll(/\s+/g, " ").trim()}`,
  }));
};
