import { dirname, resolve } from "node:path";
import { ConfigError, PermissionDenied } from "../../domain/errors.ts";
import {
  isPostgresUrl,
  PostgresUrlError,
  readPostgresUrl,
  withDirect,
  withPassword,
} from "../../domain/postgres-url.ts";
import type { RawConfig } from "../keys/schema.ts";
import type { MakeSecret } from "../targets/draft.ts";
import type { Config } from "../config.ts";
import type { LateSecret } from "./secrets.ts";

/** The secret URL of the store. A relative path in it is made absolute once the values of its variables are known. */
export function storeUrl(
  store: RawConfig["store"],
  folder: string,
  secret: MakeSecret,
  password: LateSecret | undefined,
): LateSecret {
  const field = store.url ?? {
    source: { kind: "text", text: "sqlite:/var/lib/fraisier/fraisier.db" },
    blame: undefined,
  };
  return secret(field, (url) => {
    if (url.startsWith("sqlite:")) return `sqlite:${resolve(folder, url.slice("sqlite:".length))}`;
    const pooled = store.direct_url === undefined ? url : withDirect(url, store.direct_url);
    return password === undefined ? pooled : withPassword(pooled, password.reveal());
  });
}

/** The mistake in a URL of PostgreSQL. A URL whose variables are not set yet is looked at when it is used. */
export function wrongInStore(
  secret: LateSecret,
  password: LateSecret | undefined,
  { patience, direct_url: direct }: RawConfig["store"],
): { readonly key: "url" | "direct_url" | "password" | "patience"; readonly message: string } | undefined {
  const url = revealedNow(secret);
  if (url === undefined) return undefined;
  if (!isPostgresUrl(url)) {
    const given = { password, direct_url: direct, patience };
    const key = (["password", "direct_url", "patience"] as const).find((each) => given[each] !== undefined);
    return key && { key, message: `only a store on PostgreSQL has a ${key}: store.url names another one` };
  }
  if (direct !== undefined) {
    const message =
      mistakeIn(direct) ??
      (readPostgresUrl(direct).password === undefined ? undefined : "it has a password: write that in store.password");
    if (message !== undefined) return { key: "direct_url", message: `store.direct_url cannot be used: ${message}` };
  }
  const mistake = mistakeIn(url);
  return mistake === undefined ? undefined : { key: "url", message: `store.url cannot be used: ${mistake}` };
}

function mistakeIn(url: string): string | undefined {
  try {
    readPostgresUrl(url);
    return undefined;
  } catch (error) {
    if (!(error instanceof PostgresUrlError)) throw error;
    return error.message;
  }
}

/** The value of a secret; undefined if a variable or a file of it is not there, which is reported where it is used. */
export function revealedNow(secret: Config["store"]["url"]): string | undefined {
  try {
    return secret.reveal();
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof PermissionDenied)) throw error;
    return undefined;
  }
}

/** The folder of mirrors and keys, if fraises.yaml names none. */
export function defaultStateDirectory(url: LateSecret): string {
  const text = revealedNow(url);
  return text?.startsWith("sqlite:") === true ? dirname(text.slice("sqlite:".length)) : "/var/lib/fraisier";
}
