import { createHmac, randomUUID } from "node:crypto";

export interface WebhookAnswer {
  readonly status: number;
  readonly error?: string;
  readonly hint?: string;
  readonly decisions?: readonly { readonly target?: string; readonly decision: string; readonly reason: string }[];
}

/** The body of a push as GitHub and Gitea send it. */
export function pushBody(repository: string, digit: string): string {
  return JSON.stringify({
    ref: "refs/heads/main",
    before: "0".repeat(40),
    after: digit.repeat(40),
    repository: { full_name: repository },
    commits: [],
    pusher: { name: "ann", login: "ann" },
  });
}

/** The headers with which GitHub sends this body. */
export function fromGitHub(body: string, secret: string): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
  };
}

/** The headers with which Gitea sends this body. */
export function fromGitea(body: string, secret: string, id: string = randomUUID()): Record<string, string> {
  return {
    "content-type": "application/json",
    "x-gitea-event": "push",
    "x-gitea-event-type": "push",
    "x-gitea-delivery": id,
    "x-gitea-signature": createHmac("sha256", secret).update(body).digest("hex"),
  };
}

export async function postWebhook(url: string, body: string, headers: Record<string, string>): Promise<WebhookAnswer> {
  const response = await fetch(url, { method: "POST", body, headers });
  return { status: response.status, ...((await response.json()) as Omit<WebhookAnswer, "status">) };
}
