import { sql } from "kysely";
import type { Kysely } from "kysely";
import type { Client } from "pg";
import type { Tables } from "../tables.ts";
import type { OpenBackend } from "./backend.ts";
import { listen } from "./postgres-listener.ts";

interface PokeParts {
  readonly db: Kysely<Tables>;
  connect(): Promise<Client>;
  /** Another fraisier may have migrated the store. */
  migrated(): void;
  /** The session that listens ended by itself. */
  lost(): void;
}

/** The news that processes tell each other through the server. The session that listens begins when it is first needed. */
export interface Pokes extends Pick<OpenBackend, "poke" | "onPoke" | "writeMark"> {
  /** Calls back with the name of each claim whose session tells that it lives. */
  onPing(listener: (name: string) => void): () => void;
  stop(): Promise<void>;
}

export function createPokes({ db, connect, migrated, lost }: PokeParts): Pokes {
  let heardChanges = 0;
  const listeners = new Set<() => void>();
  const pinged = new Set<(name: string) => void>();
  const underWay = new Set<Promise<unknown>>();
  let ear: ReturnType<typeof listen> | undefined;
  const begin = (): void => {
    ear ??= listen({
      connect,
      lost,
      heard(what, about) {
        if (what === "fraisier_claim") {
          for (const listener of pinged) listener(about);
          return;
        }
        if (what === "fraisier_version" || what === "anything") migrated();
        heardChanges += 1;
        if (what === "fraisier_poke" || what === "anything") for (const listener of listeners) listener();
      },
    });
  };
  return {
    writeMark() {
      begin();
      return heardChanges;
    },
    poke() {
      // A server that cannot be reached is reported elsewhere, and the daemon looks at the queue by itself, too.
      const telling = sql`select pg_notify('fraisier_poke', '')`.execute(db).catch(() => undefined);
      underWay.add(telling);
      void telling.finally(() => underWay.delete(telling));
    },
    onPoke(listener) {
      listeners.add(listener);
      begin();
      return () => void listeners.delete(listener);
    },
    onPing(listener) {
      pinged.add(listener);
      begin();
      return () => void pinged.delete(listener);
    },
    async stop() {
      await Promise.all(underWay);
      await ear?.stop();
    },
  };
}
