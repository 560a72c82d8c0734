import { stat } from "node:fs/promises";
import { secretFilesOf } from "./secret-files.ts";

/**
 * Identifies the content of fraises.yaml and of the files with secrets beside it: changes whenever one of them is written, replaced or removed, whatever the
 * clock says. Empty if fraises.yaml cannot be looked at. Credentials of systemd are left out, as they stay the same until the daemon is restarted.
 * @param current the path of the file from git that counts beside it, if it names a repository for that.
 */
export async function stampOf(file: string, current?: string): Promise<string> {
  const { targets, webhooks } = secretFilesOf(file, {});
  const [own = "", ...others] = await Promise.all([file, ...targets, ...webhooks].map(stampOfOne));
  const stamp = own === "" ? "" : [own, ...others].join(", ");
  return current === undefined ? stamp : withCurrent(stamp, await stampOfOne(current));
}

/** The stamp of the local files together with that of the file from git. */
export function withCurrent(stamp: string, current: string): string {
  return stamp === "" ? "" : `${stamp}, ${current}`;
}

export async function stampOfOne(file: string): Promise<string> {
  try {
    const { ino, size, ctimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${ctimeNs}`;
  } catch {
    // It is absent or closed: another stamp than that of any file that is there.
    return "";
  }
}
