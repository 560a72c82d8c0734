import type { Kysely } from "kysely";
import type { TargetKey } from "../../domain/fraise.ts";
import { newId } from "../../domain/id.ts";
import type { Tables } from "../tables.ts";

export interface Action extends Partial<TargetKey> {
  readonly action:
    | "lock"
    | "unlock"
    | "release"
    | "override"
    | "replay"
    | "cancel"
    | "prune"
    | "repair"
    | "create token"
    | "revoke token"
    | "drain host"
    | "resume host"
    | "forget host";
  readonly by: string;
  readonly subject?: string;
  readonly reason?: string;
}

/** Writes down what a person did. Part of its caller's transaction. */
export async function recordAction(tx: Kysely<Tables>, action: Action): Promise<void> {
  await tx
    .insertInto("tb_action")
    .values({
      id: newId(),
      at: new Date().toISOString(),
      action: action.action,
      by: action.by,
      fraise: action.fraise ?? "",
      environment: action.environment ?? "",
      job: action.job ?? "",
      subject: action.subject ?? "",
      reason: action.reason ?? "",
    })
    .execute();
}
