import { keepStart } from "../domain/cut.ts";
import { diskTrouble } from "../domain/disk-trouble.ts";
import { type FraisierError, HostUnavailable, RemoteUnreachable, StepFailed } from "../domain/errors.ts";
import { lockIn } from "./dead-lock.ts";

/** How a git command ended that did not do what was asked. */
export interface GitExit {
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stderr: string;
  readonly ended: "by itself" | "timed out" | "aborted";
}

interface Cause {
  readonly sign: RegExp;
  readonly hint: string;
  /**
   * HostUnavailable: only the machine's operator can mend it. RemoteUnreachable: it is over by itself after a while, as far as fraisier can tell. Without a kind
   * it is a StepFailed.
   */
  readonly kind?: typeof HostUnavailable | typeof RemoteUnreachable;
}

/** git says these in English because we run it with LC_ALL=C. The first one that fits counts: a refused login before a connection that was closed for it. */
const CAUSES: readonly Cause[] = [
  { sign: /ENOENT/, hint: "Install it: apt-get install git", kind: HostUnavailable },
  {
    sign: /could not read (Username|Password)|Authentication failed|terminal prompts disabled|invalid credentials|returned error: 40[13]/i,
    hint: "The remote wants a login. Name a token in clone_url by a variable (https://user:${GIT_TOKEN}@host/…) and write GIT_TOKEN=… into the file environment beside fraises.yaml; or set a credential helper in ~/.gitconfig of the user that fraisier runs as.",
    kind: HostUnavailable,
  },
  {
    sign: /Permission denied \((publickey|password)|Too many authentication failures/,
    hint: "The remote does not accept our ssh key: add the public key of the user fraisier runs as to it as a deploy key.",
    kind: HostUnavailable,
  },
  {
    sign: /Host key verification failed|REMOTE HOST IDENTIFICATION/,
    hint: "The host is not in known_hosts of the user fraisier runs as: ssh-keyscan HOST, compare the fingerprint, add it.",
    kind: HostUnavailable,
  },
  {
    sign: /resolve host|Name or service not known|Temporary failure in name resolution/i,
    hint: "Is the host in clone_url right, and does this machine's DNS answer?",
    kind: RemoteUnreachable,
  },
  {
    sign: /Connection (refused|timed out|reset)|Connect\w* to .* timed out|Failed to connect|Network is unreachable|No route to host/i,
    hint: "The remote cannot be reached from this machine now.",
    kind: RemoteUnreachable,
  },
  {
    sign: /dubious ownership/,
    hint: "The repository belongs to another user, and clone_url does not name its folder itself: give its real path, or, as the user that fraisier runs as: git config --global --add safe.directory FOLDER",
    kind: HostUnavailable,
  },
  {
    sign: /transport '.*' not allowed|Unable to find remote helper/,
    hint: "clone_url may be https://, ssh://, git@host:path, git://, http:// or a path.",
    kind: HostUnavailable,
  },
  {
    sign: /\.lock': File exists/,
    hint: "Another git may work in there. If none does, one died there: fraisier repair removes its lock file.",
    kind: HostUnavailable,
  },
  {
    sign: /untracked working tree files? .*would be (overwritten|removed)|Untracked .* would be overwritten/i,
    hint: "Files git does not know are in the way: move them elsewhere.",
  },
  {
    sign: /certificate/i,
    hint: "The remote's certificate is not one this machine trusts: install its authority's (update-ca-certificates), or set GIT_SSL_CAINFO.",
  },
  {
    sign: /not found|does not appear to be a git repository|does not exist/i,
    hint: 'Is clone_url right, and may the user fraisier runs as read it? Forges say "not found" where they mean "not allowed".',
  },
  {
    sign: /returned error: (408|429|5\d\d)|HTTP (408|429|5\d\d)|service unavailable|too many requests|(temporarily|try again) (unavailable|later)/i,
    hint: "The remote is overloaded or out of order now.",
    kind: RemoteUnreachable,
  },
  {
    sign: /(returned error:|HTTP) 4\d\d/i,
    hint: "The remote refuses what git asked for: is clone_url right, and does the forge allow it?",
  },
  {
    sign: /early EOF|hung up unexpectedly|unexpected disconnect|Connection (to \S+ )?(was )?closed|Broken pipe|Empty reply|Operation (timed out|too slow)|transfer closed|(SSL|TLS|gnutls).*(terminated|error in the pull function|SYSCALL|unexpected eof)|RPC failed|GOAWAY|stream .*not closed cleanly|bad (pack header|line length)/i,
    hint: "The connection to the remote broke off.",
    kind: RemoteUnreachable,
  },
];

/** StepFailed, RemoteUnreachable, DiskFull or HostUnavailable with git's last words, and what to do where the cause is a usual one. */
export function gitFailure(what: string, exit: GitExit): FraisierError {
  const words = lastWords(exit.stderr);
  if (exit.ended !== "by itself")
    return new StepFailed(`${what}: git ${exit.ended}${words && ` after saying: ${words}`}`);
  const cause = CAUSES.find(({ sign }) => sign.test(words));
  const said = /ENOENT/.test(words)
    ? "there is no program git on this machine"
    : words || `git ended with ${exit.exitCode ?? "a signal"}`;
  const message = `${what}: ${said}`;
  const disk = diskTrouble(message, exit.stderr);
  if (disk !== undefined) return disk;
  if (cause === undefined) return new StepFailed(message);
  const lock = lockIn(words);
  const kind = cause.kind ?? StepFailed;
  const command = lock === undefined ? "" : ` By hand: rm ${shellWord(lock)}`;
  return new kind(message, { hint: `${cause.hint}${command}` });
}

function shellWord(text: string): string {
  return /^[\w./@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Takes the login out of every URL, whatever stands before the host: a token may be the user name. */
export function maskCredentials(text: string): string {
  return text.replace(
    /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)([^/\s'"]*)@/gi,
    (whole, scheme: string, login: string) => (/^ssh/i.test(scheme) && !login.includes(":") ? whole : `${scheme}***@`),
  );
}

/** A remote may say as much as it likes, and a path may be as long as it likes. */
const MOST_OF_A_LINE = 500;

/** Progress, which overwrites itself (`\r`) or ends in a total, and advice for people at a terminal. */
const NO_CAUSE =
  /\r|^hint:|^(remote: )?(Enumerating|Counting|Compressing|Receiving|Resolving|Unpacking|Updating|Total) /;

function lastWords(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "" && !NO_CAUSE.test(line));
  return maskCredentials(
    lines
      .slice(-6)
      .map((line) => keepStart(line, MOST_OF_A_LINE))
      .join("; "),
  );
}
