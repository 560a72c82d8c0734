import type { TargetKey } from "../../domain/fraise.ts";
import type { StoreContext } from "../store-context.ts";

/** Forgets a variable. Whether there was one. */
export async function deleteVariable({ db }: StoreContext, target: TargetKey, name: string): Promise<boolean> {
  const { fraise, environment, job } = target;
  const { numDeletedRows } = await db
    .deleteFrom("tb_environment_variable")
    .where("fraise", "=", fraise)
    .where("environment", "=", environment)
    .where("job", "=", job)
    .where("name", "=", name)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
