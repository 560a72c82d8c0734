import type { Backend } from "./backend.ts";

/** A PostgreSQL server: `postgres://user@host/database`. Its code is loaded only if a store is on such a server. */
export const postgres: Backend = {
  schemes: ["postgres", "postgresql"],
  async exists(url) {
    const { existsOnPostgres } = await import("./postgres-open.ts");
    return await existsOnPostgres(url);
  },
  async open(url, patienceMs) {
    const { openPostgres } = await import("./postgres-open.ts");
    return openPostgres(url, patienceMs);
  },
};
