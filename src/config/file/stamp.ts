import { stat } from "node:fs/promises";
import { secretFilesOf } from "./secret-files.ts";

/**
 * Identifies the content of fraises.yaml and of the files with secrets beside it: changes whenever one of them is written, replaced or removed, whatever the
 * clock says. Empty if fraises.yaml cannot be looked at. Credentials of systemd are left out, as they stay the same until the daemon is restarted.
 */
export async function stampOf(file: string): Promise<string> {
  const { targets, webhooks } = secretFilesOf(file, {});
  const [own = "", ...others] = await Promise.all([file, ...targets, ...webhooks].map(stampOfOne));
  return own === "" ? "" : [own, ...others].join(", ");
}

async function stampOfOne(file: string): Promise<string> {
  try {
    const { ino, size, ctimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${ctimeNs}`;
  } catch {
    // It is absent or closed: another stamp than that of any file that is there.
    return "";
  }
}
