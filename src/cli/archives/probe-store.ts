import { execFile } from "node:child_process";
import { HostUnavailable } from "../../domain/errors.ts";
import type { StoreCheck } from "../commands/store/check.ts";

/** `fraisier store check` in a process of its own: as root, that process becomes the owner of the store. */
export async function probeStore(configFile: string): Promise<StoreCheck | { readonly error: string }> {
  const [program = ""] = process.argv.slice(1, 2);
  const argv = [...process.execArgv, program, "store", "check", "--json", "--config", configFile];
  return await new Promise((resolve, reject) => {
    execFile(process.execPath, argv, { maxBuffer: 16 << 20 }, (error, stdout, stderr) => {
      if (stdout !== "") resolve(JSON.parse(stdout) as StoreCheck);
      else if (error === null || typeof error.code !== "number")
        reject(new HostUnavailable(`the store could not be looked at: ${error?.message ?? "no answer"}`));
      else resolve({ error: stderr.trim() });
    });
  });
}
