import { RemoteUnreachable } from "../domain/errors.ts";
import { uploadPackFor } from "./foreign-repository.ts";
import { type GitCall, tryGit } from "./git-command.ts";
import { gitFailure } from "./git-failure.ts";
import { splitLogin } from "./split-login.ts";

/** Ends by itself where nobody answers, and never asks a question. */
const SSH_COMMAND = "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=15 -o ServerAliveCountMax=4";

/** A remote that says nothing for so long is gone: git's servers send a sign of life every five seconds, whatever they do. */
const SILENCE_S = 120;

/**
 * The arguments and variables of a command that talks to this remote. The URL is an argument without its login, which goes by the environment. ssh asks
 * nothing, unless the operator has an ssh command of their own (`core.sshCommand` in ~/.gitconfig; one in a repository does not count). HTTP gives up on
 * silence, so that a transport which outlives its git ends too.
 */
export async function remoteCall<Call extends GitCall>(
  cloneUrl: string,
  call: Call,
): Promise<Call & { readonly url: string }> {
  const { url, env: login } = splitLogin(cloneUrl);
  const config = [
    ...(call.config ?? []),
    "http.lowSpeedLimit=1",
    `http.lowSpeedTime=${Math.min(SILENCE_S, Math.ceil((call.timeoutMs ?? 60_000) / 1000))}`,
  ];
  if (!isSsh(cloneUrl) || process.env["GIT_SSH_COMMAND"] !== undefined)
    return { ...call, url, config, env: { ...call.env, ...login } };
  const configured = await tryGit(["config", "--get", "--default", "", "core.sshCommand"], call);
  if (configured.ok && configured.stdout.trim() !== "") {
    return { ...call, url, config, env: { ...call.env, SSH_ASKPASS: "/bin/false", SSH_ASKPASS_REQUIRE: "force" } };
  }
  return { ...call, url, config, env: { ...call.env, GIT_SSH_COMMAND: SSH_COMMAND } };
}

/** Every ref of the remote that matches, as `git ls-remote` prints it, annotated tags peeled to their commits. */
export async function listRemote(
  cloneUrl: string,
  options: readonly string[],
  patterns: readonly string[],
  signal?: AbortSignal,
): Promise<Map<string, string>> {
  const call = await remoteCall(cloneUrl, { what: "asking the remote for its refs", timeoutMs: 60_000, signal });
  const reader = await uploadPackFor(cloneUrl);
  const reading = reader === undefined ? [] : [`--upload-pack=${reader}`];
  const argv = ["ls-remote", ...options, ...reading, "--", call.url, ...patterns];
  const answer = await tryGit(argv, { ...call, allowsUploadPack: reader !== undefined });
  if (!answer.ok) {
    const failure = gitFailure(call.what, answer.exit);
    throw answer.exit.ended === "timed out"
      ? new RemoteUnreachable(failure.message, { hint: "The remote does not answer now." })
      : failure;
  }
  const refs = new Map<string, string>();
  for (const line of answer.stdout.split("\n")) {
    const [revision, name] = line.split("\t");
    // A peeled line (`refs/tags/v1^{}`) follows the line of its tag and takes its place.
    if (revision !== undefined && name !== undefined) refs.set(name.replace(/\^\{\}$/, ""), revision);
  }
  return refs;
}

/** `ssh://…` and the short form `git@host:path`; not `https://…`, and not a path. */
function isSsh(cloneUrl: string): boolean {
  return /^(git\+)?ssh(\+git)?:\/\//i.test(cloneUrl) || /^[^/]+:(?!\/\/)/.test(cloneUrl);
}
