import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { IncomingDelivery, Proposal, Wanted } from "../../src/domain/decision.ts";
import type { TargetKey } from "../../src/domain/fraise.ts";
import { newId } from "../../src/domain/id.ts";
import { openStore } from "../../src/store/store.ts";
import type { Store } from "../../src/store/store.ts";
import { temporaryFolder } from "./temporary.ts";

let makeUrl = (file: string): string => `sqlite:${file}`;

/** From now on, each fresh store of this file of tests is at a URL that this function gives, and in no file. */
export function storesAt(url: () => string): void {
  makeUrl = url;
}

/** A fresh real store; in a file unless this file of tests asked for stores elsewhere. */
export async function freshStore(): Promise<Store & { readonly file: string }> {
  const file = join(temporaryFolder(), "store.db");
  const store = await openStore(makeUrl(file));
  onTestFinished(() => store.close());
  return { ...store, file };
}

export const API: TargetKey = { fraise: "api", environment: "production", job: "" };

/** A revision that reads well: `revision("a")` is forty a's. */
export function revision(digit: string): string {
  return digit.repeat(40);
}

export function wanted(revisionWanted: string, more: Partial<Wanted> = {}): Wanted {
  return {
    revision: revisionWanted,
    previous: undefined,
    ref: { kind: "branch", name: "main" },
    forced: false,
    message: "a message",
    triggeredBy: "ann",
    ...more,
  };
}

/** An authentic delivery with one wish for `api/production`. */
export function delivery(
  revisionWanted: string,
  more: Partial<IncomingDelivery> & { wanted?: Partial<Wanted> } = {},
): IncomingDelivery {
  const { wanted: wish = {}, ...rest } = more;
  const proposals: readonly Proposal[] = [{ kind: "wish", target: API, wanted: wanted(revisionWanted, wish) }];
  const id = newId();
  return {
    id,
    receivedAt: new Date().toISOString(),
    forge: "github",
    deliveryId: `delivery-${id}`,
    eventName: "push",
    repository: "acme/shop",
    remoteAddress: "192.0.2.1",
    headers: "{}",
    body: new TextEncoder().encode(`{"after":"${revisionWanted}","id":"${id}"}`),
    bodyBytes: 100,
    bodySha256: undefined,
    verified: true,
    httpStatus: 200,
    proposals,
    ...rest,
  };
}
