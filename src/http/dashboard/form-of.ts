import type { Context } from "hono";
import type { Gate } from "../gate.ts";
import type { HttpEnv } from "../http-env.ts";
import { readBody } from "../read-body.ts";
import { remoteAddress } from "../remote-address.ts";

export interface FormParts {
  readonly gate: Pick<Gate, "enter">;
  readonly trustedProxies: () => readonly string[];
}

const MAX_BYTES = 64_000;

/** The fields of a form. @throws DeliveryRejected if it is too large, or did not arrive whole. */
export async function formOf(context: Context<HttpEnv>, { gate, trustedProxies }: FormParts): Promise<URLSearchParams> {
  const visit = gate.enter(remoteAddress(context, trustedProxies()));
  try {
    return new URLSearchParams(new TextDecoder().decode(await readBody(context.env.incoming, MAX_BYTES, visit)));
  } finally {
    visit.leave();
  }
}
