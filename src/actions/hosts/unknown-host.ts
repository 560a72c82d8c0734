import { UsageError } from "../../domain/errors.ts";
import type { Store } from "../../store/store.ts";

/** The error for a name that no host of the store has. */
export async function unknownHost(store: Pick<Store, "hosts">, name: string): Promise<UsageError> {
  const names = (await store.hosts.all()).map((host) => host.name);
  return new UsageError(`the store knows no host ${name}`, {
    hint:
      names.length === 0
        ? "A host is known once a daemon has started there: fraisier serve."
        : `It knows ${names.join(", ")}: fraisier hosts.`,
  });
}
