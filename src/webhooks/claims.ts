import type { Forge } from "../forges/forge.ts";

/** The claims of a request that was not believed. Shown to people as a claim, never acted on. */
export interface Claims {
  readonly deliveryId: string | undefined;
  readonly eventName: string;
  /** `""` if it does not say so. */
  readonly repository: string;
}

/** A stranger's body is read only up to this size. */
const MAX_BODY_BYTES = 2 ** 20;
/** As long as anything a forge sends, and short enough for a table. */
const MAX_LENGTH = 200;

/** @param body undefined if it was not read. */
export async function claimsOf(
  forge: Forge | undefined,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array | undefined,
): Promise<Claims> {
  if (forge === undefined) return { deliveryId: undefined, eventName: "", repository: "" };
  const event = forge.eventHeaders.map((name) => headers[name.toLowerCase()]).find((name) => name !== undefined);
  return {
    deliveryId: forge.deliveryId(headers)?.slice(0, MAX_LENGTH),
    eventName: (event ?? "").slice(0, MAX_LENGTH),
    repository: body === undefined || body.byteLength > MAX_BODY_BYTES ? "" : await repositoryOf(forge, headers, body),
  };
}

async function repositoryOf(
  forge: Forge,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<string> {
  try {
    const { events } = await forge.parse({ headers, body });
    return (events.find(({ repository }) => repository !== "")?.repository ?? "").slice(0, MAX_LENGTH);
  } catch {
    // A body that makes no sense claims nothing.
    return "";
  }
}
