import type { Context, Hono } from "hono";
import type { RecordedDelivery } from "../../domain/decision.ts";
import { DeliveryRejected } from "../../domain/errors.ts";
import { targetName } from "../../domain/fraise.ts";
import type { Forge } from "../../forges/forge.ts";
import type { Receiver, RequestHead } from "../../webhooks/receive.ts";
import type { Gate, Visit } from "../gate.ts";
import type { HttpEnv } from "../http-env.ts";
import { problem, wantsText } from "../problem.ts";
import { freeBytes, readBody } from "../read-body.ts";
import { remoteAddress } from "../remote-address.ts";

export interface WebhookParts {
  readonly receiver: Receiver;
  readonly forges: readonly Forge[];
  readonly gate: Pick<Gate, "enter">;
  /** The trusted proxies of the settings in force. */
  readonly trustedProxies: () => readonly string[];
}

/** `POST /webhook/:forge`, and `POST /webhook` where the headers tell which forge it is. */
export function webhookRoutes(app: Hono<HttpEnv>, parts: WebhookParts): void {
  app.post("/webhook/:forge", (context) => receive(context, parts, context.req.param("forge")));
  app.post("/webhook", (context) => receive(context, parts, undefined));
  app.all("/webhook/*", (context) => refuseOther(context, parts));
  app.all("/webhook", (context) => refuseOther(context, parts));
}

async function receive(
  context: Context<HttpEnv>,
  parts: WebhookParts,
  forgeName: string | undefined,
): Promise<Response> {
  const { receiver } = parts;
  const head: RequestHead = {
    forgeName,
    headers: plainHeaders(context),
    remoteAddress: remoteAddress(context, parts.trustedProxies()),
  };
  try {
    return await read(context, parts, head, async (body, onVerified) =>
      answer(context, await receiver.receive({ ...head, body, onVerified })),
    );
  } catch (error) {
    if (!(error instanceof DeliveryRejected)) throw error;
    return rejected(context, error);
  }
}

/** Reads the body if its head is worth it and there is room, and lets `act` have it. A request that is refused before that is recorded here. */
async function read(
  context: Context<HttpEnv>,
  { receiver, gate }: WebhookParts,
  head: RequestHead,
  act: (body: Uint8Array, onVerified: () => void) => Promise<Response>,
): Promise<Response> {
  let visit: Visit | undefined;
  let body: Uint8Array;
  try {
    const { maxBodyBytes } = receiver.admit(head);
    visit = gate.enter(head.remoteAddress);
    body = await readBody(context.env.incoming, maxBodyBytes, visit);
  } catch (error) {
    visit?.leave();
    if (error instanceof DeliveryRejected)
      await receiver.refuse({ ...head, bodyBytes: Number(head.headers["content-length"] ?? 0) || 0 }, error);
    throw error;
  }
  try {
    return await act(body, visit.verified);
  } catch (error) {
    // The body of a refused delivery is not needed.
    if (error instanceof DeliveryRejected) freeBytes(body);
    throw error;
  } finally {
    visit.leave();
  }
}

function answer(context: Context, { id, redeliveryOf, decisions }: RecordedDelivery): Response {
  const rows = decisions.map(({ target, decision, reason, deployment, hint }) => ({
    ...(target === undefined ? {} : { target: targetName(target) }),
    decision,
    reason,
    ...(deployment === undefined ? {} : { deployment }),
    ...(hint === undefined ? {} : { hint }),
  }));
  if (wantsText(context)) {
    const lines = rows.map(
      (row) =>
        `${row.target === undefined ? "" : `${row.target}: `}${row.decision}: ${row.reason}${row.deployment === undefined ? "" : ` [${row.deployment}]`}${row.hint === undefined ? "" : `\n${row.hint}`}`,
    );
    return context.text(`${lines.join("\n")}\n`);
  }
  return context.json({
    delivery: id,
    ...(redeliveryOf === undefined ? {} : { redelivery_of: redeliveryOf }),
    decisions: rows,
  });
}

/** A request below /webhook that is no delivery. A forge whose webhook is set up in the wrong way finds it among the refused deliveries. */
async function refuseOther(context: Context<HttpEnv>, parts: WebhookParts): Promise<Response> {
  const { forges, receiver } = parts;
  const headers = plainHeaders(context);
  const { method, path } = context.req;
  const forgeNames = forges.map(({ name }) => name).join(", ");
  if (method !== "POST") context.header("allow", "POST");
  const error =
    method === "POST"
      ? new DeliveryRejected(404, `no webhook is delivered to ${path.slice(0, 100)}`, {
          hint: `The URL is /webhook/<forge> with one of ${forgeNames}.`,
        })
      : new DeliveryRejected(405, `a webhook is delivered with POST, not with ${method}`, {
          hint: "If a forge sent this: set the webhook's method to POST. In a browser there is nothing to see here; fraisier providers prints the URLs.",
        });
  const isFromForge = forges.some(({ eventHeaders }) =>
    eventHeaders.some((name) => Object.hasOwn(headers, name.toLowerCase())),
  );
  if (method === "POST" || isFromForge) {
    const request = { forgeName: undefined, headers, remoteAddress: remoteAddress(context, parts.trustedProxies()) };
    await receiver.refuse({ ...request, bodyBytes: Number(headers["content-length"] ?? 0) || 0 }, error);
  }
  return rejected(context, error);
}

function rejected(context: Context, error: DeliveryRejected): Response {
  return problem(context, error.httpStatus, error.message, error.hint ?? "fraisier webhooks shows what was refused.");
}

/** Node joins repeated headers itself; names are in lower case already. */
function plainHeaders(context: Context<HttpEnv>): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(context.env.incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return headers;
}
