import { signHmac } from "../../src/forges/signatures.ts";
import type { Delivery } from "../../src/domain/event.ts";
import { hashOf } from "./commits.ts";
import type { Push } from "./remote.ts";

/** How a forge tells a delivery that it sends again from a new one. */
export const FORGE_KINDS = ["keeps the id", "gives a new id", "sends no id"] as const;

export type ForgeKind = (typeof FORGE_KINDS)[number];

export const REPOSITORY = "acme/shop";
export const SECRET = "a secret of the webhook";
const ZERO = "0".repeat(40);

/** The name of the forge that stands for the kind: GitLab, Gitea, and GitLab before it had ids. */
export function forgeOf(kind: ForgeKind): "gitlab" | "gitea" {
  return kind === "gives a new id" ? "gitea" : "gitlab";
}

/**
 * The webhook of a push as its forge sends it. Two pushes of the same ref between the same commits have the same bytes, as forges put no time into them.
 * @param time how often this push was delivered before.
 */
export function webhookOf(kind: ForgeKind, push: Push, time: number): Delivery {
  const ref = push.ref === "main" ? "refs/heads/main" : `refs/tags/${push.ref}`;
  const [before, after] = [push.previous === undefined ? ZERO : hashOf(push.previous), hashOf(push.commit)];
  const commits = [{ id: after, message: `commit ${push.commit}` }];
  if (kind === "gives a new id") {
    const body = bytes({
      ref,
      before,
      after,
      commits,
      repository: { full_name: REPOSITORY },
      pusher: { login: "ann" },
    });
    return {
      headers: {
        "content-type": "application/json",
        "x-gitea-event": "push",
        "x-gitea-delivery": `push-${push.number}-${time}`,
        "x-gitea-signature": signHmac(body, "", [SECRET]),
      },
      body,
    };
  }
  const kinds = push.ref === "main" ? ["push", "Push Hook"] : ["tag_push", "Tag Push Hook"];
  const project = { path_with_namespace: REPOSITORY };
  return {
    headers: {
      "content-type": "application/json",
      "x-gitlab-event": kinds[1] ?? "",
      "x-gitlab-token": SECRET,
      ...(kind === "keeps the id" ? { "idempotency-key": `push-${push.number}` } : {}),
    },
    body: bytes({ object_kind: kinds[0], ref, before, after, commits, project, user_username: "ann" }),
  };
}

function bytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}
