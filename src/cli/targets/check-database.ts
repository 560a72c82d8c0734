import { openDatabase } from "../../databases/clients/index.ts";
import { parseDatabaseUrl } from "../../databases/database-url.ts";
import { HostUnavailable, UsageError } from "../../domain/errors.ts";
import type { Checked } from "./check-target.ts";

const TIMEOUT_MS = 15_000;

/** `select 1` with the database's own client, in the way a deployment would speak to it. */
export async function checkDatabase({ target, host, env }: Checked): Promise<string> {
  const { database: settings, user } = target.settings;
  const url = settings?.url?.reveal(env) ?? env["DATABASE_URL"];
  if (url === undefined) return "it has no url: nothing to ask";
  const { scheme, database: name } = parseDatabaseUrl(url);
  // The client of the engine would make the file.
  if (scheme === "sqlite" && !(await host.files.exists(name))) throw new HostUnavailable(`there is no ${name}`);
  // Only root can be another user.
  const ofCommands = process.getuid?.() === 0 ? user : undefined;
  return await answer(url, { host, env, user: settings?.user ?? ofCommands });
}

async function answer(
  url: string,
  how: Pick<Checked, "host" | "env"> & { readonly user: string | undefined },
): Promise<string> {
  try {
    const database = openDatabase(url, {
      ...how,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      name: "fraisier target test",
    });
    const startedAt = performance.now();
    await database.query("select 1");
    return `${database.name}: it answers in ${Math.round(performance.now() - startedAt)} ms`;
  } catch (error) {
    if (error instanceof UsageError) return `${error.message}: not asked`;
    throw error;
  }
}
