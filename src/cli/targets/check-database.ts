import { HostUnavailable, StepFailed } from "../../domain/errors.ts";
import type { Secret } from "../../config/config.ts";
import type { Command } from "../../host/processes.ts";
import type { Checked } from "./check-target.ts";

const TIMEOUT_MS = 15_000;

/** `select 1` with the database's own client. The URL reaches it by its environment: the list of processes must not show a password. */
export async function checkDatabase({ target, host, env }: Checked): Promise<string> {
  const url = urlOf(target.settings["database"], env);
  if (url === undefined) return "it has no url: nothing to ask";
  const found = clientOf(url);
  if (found === undefined) return `no client is known for ${url.slice(0, url.indexOf(":"))}: not asked`;
  const { command, variables } = found;
  if (found.file !== undefined && !(await host.files.exists(found.file)))
    throw new HostUnavailable(`there is no ${found.file}`);
  const user = target.settings.user;
  const result = await host.processes.run(command, {
    env: { ...env, ...variables },
    timeoutMs: TIMEOUT_MS,
    ...(user === undefined || process.getuid?.() !== 0 ? {} : { user }),
  });
  if (result.exitCode === 0 && result.stdout.trim() === "1") return `it answers in ${Math.round(result.durationMs)} ms`;
  throw new StepFailed(
    result.timedOut ? `no answer in ${TIMEOUT_MS / 1000} s` : result.tail.trim().slice(-300) || "no answer",
  );
}

/** `database.url`, a text or a secret; DATABASE_URL where it says nothing. */
function urlOf(database: unknown, env: Readonly<Record<string, string>>): string | undefined {
  const url = (database as { url?: string | Partial<Secret> } | null | undefined)?.url ?? env["DATABASE_URL"];
  if (typeof url === "string") return url;
  return url?.reveal?.(env);
}

interface Client {
  readonly command: Command;
  readonly variables: Readonly<Record<string, string>>;
  /** Must be there: the client would make it. */
  readonly file?: string;
}

/** Parameters of a URL that libpq(3) reads from its environment. */
const PARAMETERS = ["host", "port", "user", "password", "sslmode", "sslrootcert", "connect_timeout"] as const;

function clientOf(url: string): Client | undefined {
  if (/^postgres(?:ql)?:\/\//.test(url)) {
    const command = ["psql", "--no-psqlrc", "--no-password", "--tuples-only", "--no-align", "--command", "select 1"];
    return { command, variables: postgresVariables(url) };
  }
  const file = /^sqlite3?:(?:\/\/)?(.+)$/.exec(url)?.[1];
  return file === undefined ? undefined : { command: ["sqlite3", "-readonly", file, "select 1"], variables: {}, file };
}

function postgresVariables(text: string): Record<string, string> {
  const url = URL.parse(text);
  if (url === null) throw new StepFailed("database.url is no URL");
  const database = url.pathname.slice(1) || (url.searchParams.get("dbname") ?? "");
  const inUrl: Readonly<Record<string, string>> = {
    PGHOST: url.hostname,
    PGPORT: url.port,
    PGUSER: url.username,
    PGPASSWORD: url.password,
    PGDATABASE: database,
  };
  const inQuery = PARAMETERS.map((name) => [`PG${name.toUpperCase()}`, url.searchParams.get(name) ?? ""] as const);
  const decoded = Object.entries(inUrl).map(([name, value]) => [name, decodeURIComponent(value)] as const);
  return Object.fromEntries([...decoded, ...inQuery].filter(([, value]) => value !== ""));
}
