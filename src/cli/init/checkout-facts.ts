import { UsageError } from "../../domain/errors.ts";
import type { Host } from "../../host/host.ts";

/** The facts about a repository that its checkout shows. */
export interface CheckoutFacts {
  readonly remote: string;
  /** Undefined if the checkout is on no branch. */
  readonly branch: string | undefined;
}

/** @throws UsageError if the folder is no checkout, or has no remote. */
export async function checkoutFacts(
  folder: string,
  host: Host,
  env: Readonly<Record<string, string>>,
): Promise<CheckoutFacts> {
  const git = async (...args: readonly string[]): Promise<string> => {
    const options = { env: { ...env, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" }, timeoutMs: 10_000 };
    // Reading a configuration runs nothing of the checkout, so any user's checkout may be read.
    const argv = ["git", "-c", `safe.directory=${folder}`, "-C", folder, ...args];
    const { exitCode, stdout, tail } = await host.processes.run(argv, options);
    if (exitCode === 0) return stdout.trim();
    throw new UsageError(`${folder} is not a checkout that tells its remote: ${tail.trim().slice(-300)}`, {
      hint: "Say --repository owner/name, --branch and --app-path instead of --checkout.",
    });
  };
  const remote = await git("config", "--get", "remote.origin.url");
  const branch = await git("rev-parse", "--abbrev-ref", "HEAD");
  return { remote, branch: branch === "HEAD" ? undefined : branch };
}
