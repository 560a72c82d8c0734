import { FILE_HEADERS_ONLY, createTwoFilesPatch } from "diff";
import { PermissionDenied } from "../../domain/errors.ts";
import { localFiles } from "../../host/local-files.ts";

/** The command that writes what is missing. */
export const INSTALL = "sudo fraisier privileges install";

/** The text of an installed rule or unit file; undefined if it is not there. @throws PermissionDenied */
export async function readInstalled(file: string): Promise<string | undefined> {
  try {
    return await localFiles.readText(file);
  } catch (error) {
    throw refused(error, `${file} cannot be read`);
  }
}

/** Every file that is not what fraises.yaml needs, as a patch; `""` if all of them are. @param files texts by path; `""` stands for a file that should not be there. */
export async function differences(files: ReadonlyMap<string, string>): Promise<string> {
  const patches: string[] = [];
  for (const [path, text] of files) {
    const installed = (await readInstalled(path)) ?? "";
    if (installed !== text) patches.push(difference(path, installed, text));
  }
  return patches.join("\n");
}

/** An error that says who may do it, if this user may not. */
export function refused(error: unknown, what: string): unknown {
  const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException;
  if (code !== "EACCES" && code !== "EPERM") return error;
  return new PermissionDenied(`${what} by this user: only root and polkit may look into its folder`, {
    hint: `Run it as root: ${INSTALL}`,
    cause: error,
  });
}

function difference(file: string, installed: string, wanted: string): string {
  return createTwoFilesPatch(file, file, installed, wanted, "installed", "wanted", {
    headerOptions: FILE_HEADERS_ONLY,
  });
}
