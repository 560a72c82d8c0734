import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { HostUnavailable, UsageError } from "../../domain/errors.ts";
import { isPostgresUrl, PostgresUrlError, readPostgresUrl, withPassword } from "../../domain/postgres-url.ts";

/** Holds the password of the store that is copied to. */
const PASSWORD_VARIABLE = "FRAISIER_STORE_PASSWORD";

/** The place that a store is copied to. */
export interface CopyTarget {
  /** With the password. */
  readonly url: string;
  /** As it may be shown. */
  readonly shown: string;
  /** The value of `store.password` for fraises.yaml; undefined if there is no password. */
  readonly password: string | undefined;
}

/** @throws UsageError for a URL that cannot be used, HostUnavailable if the file of the password cannot be read. */
export async function copyTarget(to: string | undefined, passwordFile: string | undefined): Promise<CopyTarget> {
  if (to === undefined)
    throw new UsageError("say where the store is copied to: --to <url>", {
      hint: "For example postgres://fraisier@db.example.com/fraisier?sslmode=verify-full, or sqlite:/var/lib/fraisier/fraisier.db.",
    });
  if (to.startsWith("sqlite:")) return toFile(to, passwordFile);
  if (!isPostgresUrl(to))
    throw new UsageError(`"${to.split(":", 1)[0]}" is no kind of store`, {
      hint: "Write --to postgres://user@host/database or --to sqlite:/path/to/fraisier.db.",
    });
  refuseMistakes(to);
  const file = passwordFile === undefined ? undefined : resolve(passwordFile);
  const password = file === undefined ? process.env[PASSWORD_VARIABLE] : await readPassword(file);
  if (password === undefined || password === "") return { url: to, shown: to, password: undefined };
  return {
    url: withPassword(to, password),
    shown: to,
    password: file === undefined ? `\${${PASSWORD_VARIABLE}}` : `!file ${file}`,
  };
}

function toFile(to: string, passwordFile: string | undefined): CopyTarget {
  if (passwordFile !== undefined)
    throw new UsageError("only a store on PostgreSQL has a password: leave --password-file out");
  const file = to.slice("sqlite:".length);
  if (file === "") throw new UsageError("--to names no file: write sqlite:/path/to/fraisier.db");
  const url = `sqlite:${resolve(file)}`;
  return { url, shown: url, password: undefined };
}

function refuseMistakes(to: string): void {
  try {
    if (readPostgresUrl(to).password === undefined) return;
  } catch (error) {
    if (!(error instanceof PostgresUrlError)) throw error;
    throw new UsageError(`the URL after --to cannot be used: ${error.message}`);
  }
  throw new UsageError(
    "the URL after --to has a password, which every user of this machine can see while the command runs",
    {
      hint: `Leave the password out, and write it into a file that only you can read: --password-file <file>. The variable ${PASSWORD_VARIABLE} is the other way.`,
    },
  );
}

async function readPassword(file: string): Promise<string> {
  const text = await readFile(file, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new HostUnavailable(`the password cannot be read: ${file}: ${cause.code ?? cause.message}`, { cause });
  });
  const password = text.replace(/\r?\n$/, "");
  if (password === "") throw new HostUnavailable(`${file} is empty: it should hold the password`);
  return password;
}
