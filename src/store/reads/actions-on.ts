import type { TargetKey } from "../../domain/fraise.ts";
import type { PersonAction } from "../../domain/person-action.ts";
import type { StoreContext } from "../store-context.ts";

/** The actions of people on a target beside deploying: released, locked, unlocked and repaired it, alone or with others. The last ones, newest first. */
export async function actionsOn(
  { db }: StoreContext,
  { fraise, environment, job }: TargetKey,
  limit: number,
): Promise<readonly PersonAction[]> {
  const names = [
    { fraise, environment, job },
    { fraise, environment, job: "*" },
    { fraise, environment: "*", job },
    { fraise, environment: "*", job: "*" },
    { fraise: "*", environment: "*", job: "*" },
  ];
  const found: PersonAction[] = [];
  for (const name of names) {
    // The names are read one by one: each is a walk along the index, which a sort over all would not be.
    const rows = await db
      .selectFrom("tb_action")
      .selectAll()
      .where((where) => where.and(name))
      .where("action", "in", ["lock", "unlock", "release", "repair"])
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
    found.push(...rows);
  }
  return found.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
}
