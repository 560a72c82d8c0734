import type { Context, Hono } from "hono";
import type { RecordedDelivery } from "../../domain/decision.ts";
import { DeliveryRejected } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Forge } from "../../forges/forge.ts";
import type { Receiver, WebhookRequest } from "../../webhooks/receive.ts";
import type { HttpEnv } from "../http-env.ts";
import { problem, wantsText } from "../problem.ts";
import { readBody } from "../read-body.ts";
import { remoteAddress } from "../remote-address.ts";

export interface WebhookParts {
  readonly receiver: Receiver;
  readonly forges: readonly Forge[];
  /** Those of the settings in force. */
  readonly trustedProxies: () => readonly string[];
}

/** `POST /webhook/:forge`, and `POST /webhook` where the headers tell which forge it is. */
export function webhookRoutes(app: Hono<HttpEnv>, parts: WebhookParts): void {
  app.post("/webhook/:forge", (context) => receive(context, parts, context.req.param("forge")));
  app.post("/webhook", (context) => receive(context, parts, undefined));
  app.all("/webhook/*", (context) => refuseMethod(context));
  app.all("/webhook", (context) => refuseMethod(context));
}

async function receive(
  context: Context<HttpEnv>,
  parts: WebhookParts,
  forgeName: string | undefined,
): Promise<Response> {
  const { receiver, forges } = parts;
  const request: Omit<WebhookRequest, "body"> = {
    forgeName,
    headers: plainHeaders(context),
    remoteAddress: remoteAddress(context, parts.trustedProxies()),
  };
  try {
    const body = await readWithin(context, request, forges, receiver);
    return answer(context, await receiver.receive({ ...request, body }));
  } catch (error) {
    if (!(error instanceof DeliveryRejected)) throw error;
    return problem(context, error.httpStatus, error.message, error.hint ?? "");
  }
}

/** What is too large is recorded too, and never held in memory. */
async function readWithin(
  context: Context<HttpEnv>,
  request: Omit<WebhookRequest, "body">,
  forges: readonly Forge[],
  receiver: Receiver,
): Promise<Uint8Array> {
  const largest = Math.max(...forges.map(({ maxBodyBytes }) => maxBodyBytes));
  const maxBytes = forges.find(({ name }) => name === request.forgeName)?.maxBodyBytes ?? largest;
  try {
    return await readBody(context.env.incoming, maxBytes);
  } catch (error) {
    if (error instanceof DeliveryRejected) {
      await receiver.refuse({ ...request, bodyBytes: Number(request.headers["content-length"] ?? 0) || 0 }, error);
    }
    throw error;
  }
}

function answer(context: Context, { id, redeliveryOf, decisions }: RecordedDelivery): Response {
  const rows = decisions.map(({ target, decision, reason, deployment }) => ({
    ...(target === undefined ? {} : { target: targetName(target) }),
    decision,
    reason,
    ...(deployment === undefined ? {} : { deployment }),
  }));
  if (wantsText(context)) {
    const lines = rows.map(
      (row) =>
        `${row.target === undefined ? "" : `${row.target}: `}${row.decision}: ${row.reason}${row.deployment === undefined ? "" : ` [${row.deployment}]`}`,
    );
    return context.text(`${lines.join("\n")}\n`);
  }
  return context.json({
    delivery: id,
    ...(redeliveryOf === undefined ? {} : { redelivery_of: redeliveryOf }),
    decisions: rows,
  });
}

function refuseMethod(context: Context): Response {
  context.header("allow", "POST");
  return problem(context, 405, `${context.req.method} is not how a webhook is delivered`, "Use POST.");
}

/** Node joins repeated headers itself; names are in lower case already. */
function plainHeaders(context: Context<HttpEnv>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.env.incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}
