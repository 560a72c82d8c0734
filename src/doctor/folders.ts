import { stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { nameOfUser } from "../host/accounts.ts";
import { findKey, readKey } from "../variables/key-file.ts";
import { failed, fine, skipped, warned } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";
import { thrown } from "./examine.ts";

/** Read by the daemon (and the second one by deployments), and by nobody else. */
const SECRET_FILES = ["webhook-secrets", "environment"];

/** Examines the owners and permissions of fraisier's own files and folders. */
export const folders: Examination = {
  name: "files",
  async examine(patient) {
    const { config } = patient;
    // A folder that may not be looked at must not hide what is wrong with the others.
    const own = [
      stateFolder(patient).catch((error: unknown) => thrown(`folder ${patient.stateDirectory}`, error)),
      key(patient).catch((error: unknown) => thrown("key of variables", error)),
    ];
    if (config === undefined) return await Promise.all(own);
    const folder = dirname(config.file);
    const secrets = SECRET_FILES.map((name) => secretFile(join(folder, name), patient));
    return (await Promise.all([...own, fraisesFile(config.file, patient), ...secrets])).flat();
  },
};

async function stateFolder({ stateDirectory, host }: Patient): Promise<Finding> {
  const check = `folder ${stateDirectory}`;
  const found = await modeOf(stateDirectory);
  if (found === undefined)
    return failed(check, "it does not exist", `sudo install -d -o fraisier -g fraisier -m 0750 ${stateDirectory}`);
  if (!(await host.files.isWritable(stateDirectory)))
    return failed(
      check,
      `this user may not write there; it belongs to ${found.owner}`,
      `Run fraisier as ${found.owner}: sudo fraisier doctor`,
    );
  if ((found.mode & 0o007) !== 0)
    return warned(
      check,
      `every user of this machine may look into it (mode ${octal(found.mode)})`,
      `sudo chmod 0750 ${stateDirectory}`,
    );
  return fine(check, `it belongs to ${found.owner} (mode ${octal(found.mode)})`);
}

/** The writer of fraises.yaml decides which commands run: it must never be the service itself, nor everybody. */
async function fraisesFile(file: string, { service }: Patient): Promise<Finding> {
  const check = `file ${file}`;
  const [found, folder] = [await modeOf(file), await modeOf(dirname(file))];
  if (found === undefined || folder === undefined) return failed(check, "it is gone", "Restore it, or fraisier init.");
  if ((found.mode & 0o002) !== 0 || (folder.mode & 0o1002) === 0o002)
    return failed(
      check,
      "every user of this machine may change it, and so run commands as fraisier",
      `sudo chmod o-w ${dirname(file)} ${file}`,
    );
  if (service !== undefined && service.uid !== 0 && found.uid === service.uid)
    return warned(
      check,
      `it belongs to ${service.name}: what a deployment runs may change it`,
      `sudo chown root ${file} && sudo chmod 0640 ${file}`,
    );
  return fine(check, `it belongs to ${found.owner} (mode ${octal(found.mode)})`);
}

async function secretFile(file: string, { host, service }: Patient): Promise<Finding> {
  const check = `file ${file}`;
  const found = await modeOf(file);
  if (found === undefined) return skipped(check, "there is no such file");
  const group = service?.name ?? "fraisier";
  const remedy = `sudo chown root:${group} ${file} && sudo chmod 0640 ${file}`;
  if ((found.mode & 0o007) !== 0)
    return failed(
      check,
      `every user of this machine may read its secrets (mode ${octal(found.mode)})`,
      `${remedy}; then new secrets`,
    );
  try {
    await host.files.readText(file);
  } catch {
    return failed(check, `this user may not read it; it belongs to ${found.owner} (mode ${octal(found.mode)})`, remedy);
  }
  return fine(check, `it belongs to ${found.owner} (mode ${octal(found.mode)})`);
}

/** The key of variables: private, and there if anything is sealed for it. */
async function key({ host, stateDirectory, env, store }: Patient): Promise<Finding> {
  const check = "key of variables";
  try {
    const place = await findKey(host.files, stateDirectory, env);
    if ((await readKey(host.files, place)).length > 0) return fine(check, `${place.path} can be read`);
    const isNeeded = store !== undefined && (await store.variables.recipient()).isUsed;
    if (!isNeeded) return skipped(check, `no variable is set yet, and ${place.path} is made with the first one`);
    return failed(
      check,
      `variables are set, and ${place.path}, which opens them, is not there`,
      "Restore it from a backup, or say where it is: $FRAISIER_KEY_FILE, or a credential fraisier.key of the units.",
    );
  } catch (error) {
    return thrown(check, error);
  }
}

interface Mode {
  readonly mode: number;
  readonly uid: number;
  readonly owner: string;
}

async function modeOf(path: string): Promise<Mode | undefined> {
  try {
    const { mode, uid } = await stat(path);
    return { mode: mode & 0o7777, uid, owner: nameOfUser(uid) ?? `uid ${uid}` };
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}
