import { StoreUnavailable } from "../../domain/errors.ts";
import { messageOf } from "../../domain/message-of.ts";
import { UnfitServer } from "./postgres-client.ts";

const GOES_ON = "fraisier goes on by itself once it can be reached.";

/** Errors of a network or a server that comes back: the name of a host may not be known for a moment, either. */
const UNREACHABLE =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ENOENT|EAI_AGAIN|ENOTFOUND|08...|57P0[1-5]|53300|25006)$/;
/** node-postgres reports these without a code. */
const BROKEN =
  /^(?:Connection terminated|timeout exp|timeout exceeded|Query read timeout|Client has encountered a connection error)/;

/** node-postgres reports a password that is missing by the name of the message that needed it. */
const NO_PASSWORD = /client password must be a string|SASL: .*password/;

interface Explanation {
  readonly codes: RegExp;
  message(name: string, said: string): string;
  readonly hint: string;
}

const EXPLANATIONS: readonly Explanation[] = [
  {
    codes: /^28/,
    message: (name, said) => `the server of the store ${name} does not let fraisier in: ${said}`,
    hint: "Look at the user and the password in store.url and store.password of fraises.yaml, and at pg_hba.conf of the server.",
  },
  {
    codes: /^3D000$/,
    message: (name, said) => `there is no store ${name}: ${said}`,
    hint: "Create the database with its owner: createdb --owner fraisier --encoding UTF8 --template template0 <name>.",
  },
  {
    codes: /^42501$/,
    message: (name, said) => `the server refuses fraisier a right on the store ${name}: ${said}`,
    hint: "Make fraisier's user the owner of the database: alter database <name> owner to <user>.",
  },
  {
    codes: /^55P03$/,
    message: (name) => `the store ${name} is locked: another process has kept it locked for too long`,
    hint: "select * from pg_stat_activity shows which one. Try again soon.",
  },
  {
    codes: /^57014$/,
    message: (name) => `the server of the store ${name} took too long for a statement, and ended it`,
    hint: `Look at the load of the server. ${GOES_ON}`,
  },
  {
    codes: /^(?:53|58)/,
    message: (name, said) => `the server of the store ${name} can take nothing: ${said}`,
    hint: `Look at its disk and its log. ${GOES_ON}`,
  },
  {
    codes: /^(?:ERR_TLS|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO)/,
    message: (name, said) => `the server of the store ${name} cannot be trusted: ${said}`,
    hint: "Name its authority with sslrootcert in store.url of fraises.yaml, and the host as its certificate does.",
  },
  {
    codes: /^XX00/,
    message: (name, said) => `the store ${name} is damaged: ${said}`,
    hint: "Look at the log of the server, and restore a backup of the database.",
  },
];

/** Whether the server, or the way to it, is not there at this moment. */
export function isUnreachable(error: unknown): boolean {
  return (
    UNREACHABLE.test(codeOf(error)) ||
    BROKEN.test(messageOf(error)) ||
    (error instanceof UnfitServer && /takes no writes/.test(error.message))
  );
}

/** Answers of a server that is there, and may serve again once it has more room, fewer sessions or other rules: a runner waits for that, too. */
const PASSES = /^(?:28|53|55P03|57014|58)/;

/** Whether the server may serve later, without anything being wrong with the store itself. */
export function mayComeBack(error: unknown): error is StoreUnavailable {
  if (!(error instanceof StoreUnavailable)) return false;
  return isUnreachable(error.cause) || PASSES.test(codeOf(error.cause));
}

/** An error of the server in words for people; undefined for an error that is a mistake of fraisier's. */
export function explainPostgres(error: unknown, name: string): StoreUnavailable | undefined {
  const said = messageOf(error);
  if (error instanceof UnfitServer)
    return new StoreUnavailable(`the store ${name} cannot be used: ${said}`, {
      hint: "Look at store.url in fraises.yaml.",
      cause: error,
    });
  if (NO_PASSWORD.test(said))
    return new StoreUnavailable(`the server of the store ${name} wants a password, and there is none`, {
      hint: "Set store.password in fraises.yaml: password: !file store-password.",
      cause: error,
    });
  const code = codeOf(error);
  const found = EXPLANATIONS.find(({ codes }) => codes.test(code));
  if (found !== undefined && !isUnreachable(error))
    return new StoreUnavailable(found.message(name, said), { hint: found.hint, cause: error });
  if (isUnreachable(error))
    return new StoreUnavailable(`the server of the store ${name} cannot be reached: ${said}`, {
      hint: `Look whether the server runs, and at store.url in fraises.yaml. ${GOES_ON}`,
      cause: error,
    });
  return undefined;
}

/** The code of an error of the server (SQLSTATE) or of Node; empty if it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}
