import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Files that are written beside the store for a moment: probes of the disk, and parts of copies. The number is that of the process. */
const TEMPORARY = /\.(?:probe|part)-(\d+)(?:-journal|-wal|-shm)?$/;

/** Temporary files beside the store whose process is dead. */
export function storeLeftovers(file: string): readonly string[] {
  const folder = dirname(file);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => {
      const pid = TEMPORARY.exec(name)?.[1];
      return name.startsWith(`${basename(file)}.`) && pid !== undefined && !existsSync(`/proc/${pid}`);
    })
    .map((name) => join(folder, name));
}
