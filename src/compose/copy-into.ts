import type { Config } from "../config/config.ts";
import { copyStore } from "../store/copying/copy-store.ts";
import type { StoreCopyOptions } from "../store/copying/copy-store.ts";
import type { StoreCopy } from "../store/copying/fill-target.ts";

/** Copies the store of these settings into an empty place. The process has become the user that opens both. */
export async function copyInto(config: Config, options: Omit<StoreCopyOptions, "from">): Promise<StoreCopy> {
  return await copyStore({ ...options, from: config.store.url.reveal() });
}
