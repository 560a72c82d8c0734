import type { TargetKey } from "../domain/fraise.ts";
import { HostUnavailable } from "../domain/errors.ts";
import { checkVariable } from "../domain/variable.ts";
import type { SealedVariable } from "../domain/sealed-variable.ts";
import type { Files } from "../host/files.ts";
import type { Store } from "../store/store.ts";
import { chooseRecipient } from "./choose-recipient.ts";
import { findKey, keyText, madeMeanwhile, makeKey, noKey, otherKey, readKey } from "./key-file.ts";
import type { KeyPlace } from "./key-file.ts";

/** Another process may rotate the key between a look and a write; more often in a row is no coincidence. */
const TRIES = 5;

export interface VaultParts {
  readonly store: Pick<Store, "variables">;
  readonly files: Files;
  readonly stateDirectory: string;
  /** The places where the key is looked for. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The variables of targets, in plain text: the only place where they are, beside the programs that get them. */
export interface Vault {
  /** A target's variables by name, its job's own before its environment's. Costs one question where there are none. */
  read(target: TargetKey): Promise<ReadonlyMap<string, string>>;
  /** Sets variables, all or none; makes the key when there is none yet. */
  set(target: TargetKey, values: ReadonlyMap<string, string>, by: string): Promise<void>;
  /** Seals everything for a new key. At no moment is a value unreadable: the key's file holds both keys until everything is sealed anew and durable. */
  rotate(): Promise<{ readonly recipient: string; readonly count: number; readonly path: string }>;
}

async function readVariables(
  { store, files }: Pick<VaultParts, "store" | "files">,
  target: TargetKey,
  place: () => Promise<KeyPlace>,
): Promise<ReadonlyMap<string, string>> {
  for (let tries = 1; ; tries++) {
    const rows = await store.variables.of(target);
    if (rows.length === 0) return new Map();
    const where = await place();
    const identities = await readKey(files, where);
    if (identities.length === 0) throw noKey(where);
    try {
      return await unsealAll(rows, identities);
    } catch (error) {
      if (!(error instanceof HostUnavailable)) throw error;
      // A rotation may have ended between the look at the store and that at the key.
      if (tries === TRIES) throw otherKey(where);
    }
  }
}

/** @throws HostUnavailable from every verb when the key is not there, not private or another one. */
export function openVault({ store, files, stateDirectory, env }: VaultParts): Vault {
  const place = (): Promise<KeyPlace> => findKey(files, stateDirectory, env);

  return {
    read: (target) => readVariables({ store, files }, target, place),

    async set(target, values, by) {
      for (const [name, value] of values) checkVariable(name, value);
      const { seal } = await import("./seal.ts");
      const { fraise, environment, job } = target;
      for (let tries = 0; tries < TRIES; tries++) {
        const { recipient: saw, isUsed } = await store.variables.recipient();
        const recipient = await chooseRecipient(files, await place(), saw, isUsed).catch(async (error: unknown) => {
          // A rotation that ended between the look at the store and that at the key took the old key away.
          if ((await store.variables.recipient()).recipient === saw) throw error;
          return undefined;
        });
        if (recipient === undefined) continue;
        const updatedAt = new Date().toISOString();
        const rows = [];
        for (const [name, value] of values) {
          const owner = { fraise, environment, job, name };
          rows.push({ ...owner, value: await seal(owner, value, recipient), updatedAt, updatedBy: by });
        }
        if ((await store.variables.set({ recipient, saw }, rows)) === "set") return;
      }
      throw new HostUnavailable("the key of the variables changed again and again", {
        hint: "Is something rotating it in a loop? Try again.",
      });
    },

    async rotate() {
      const { newIdentity, recipientOf, seal, unseal } = await import("./seal.ts");
      const where = await place();
      if (where.isCredential) {
        throw new HostUnavailable(`the key ${where.path} is a credential, a copy that systemd made`, {
          hint: "Set FRAISIER_KEY_FILE to the file that LoadCredential= names and run this as who may write it; then restart fraisier.",
        });
      }
      const identity = await newIdentity();
      const recipient = await recipientOf(identity);
      const { variables } = await store.variables.reseal(async (rows) => {
        const identities = await readKey(files, where);
        if (rows.length > 0 && identities.length === 0) throw noKey(where);
        const values = [];
        for (const row of rows) values.push(await explained(where, unseal(row, row.value, identities)));
        // Durable before the commit, and the old one stays until after it: whichever of the two the values are sealed for, it is there.
        if (identities.length > 0) await files.rewriteText(where.path, keyText([identity, ...identities]));
        else if (!(await makeKey(files, where, identity))) throw madeMeanwhile(where);
        const sealed = [];
        for (const [index, row] of rows.entries()) {
          sealed.push({ ...row, value: await seal(row, values[index] ?? "", recipient) });
        }
        return { recipient, variables: sealed };
      });
      await store.variables.holdKey(async (inForce) => {
        // Somebody else rotated meanwhile: then what stands in the file is theirs to tidy.
        if (inForce === recipient) await files.rewriteText(where.path, keyText([identity]));
      });
      return { recipient, count: variables.length, path: where.path };
    },
  };
}

async function unsealAll(
  rows: readonly SealedVariable[],
  identities: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { unseal } = await import("./seal.ts");
  const values = new Map<string, string>();
  for (const row of rows) values.set(row.name, await unseal(row, row.value, identities));
  return values;
}

/** A key that does not fit says where it was found. */
async function explained<Result>(place: KeyPlace, act: Promise<Result>): Promise<Result> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof HostUnavailable) throw otherKey(place);
    throw error;
  }
}
