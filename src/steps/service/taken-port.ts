import { keepStart } from "../../domain/cut.ts";
import { HostUnavailable } from "../../domain/errors.ts";
import type { StepContext } from "../capabilities.ts";

const IN_USE = /EADDRINUSE|\b(address|port|connection)\b.{0,40}\bin use\b/i;
const ASK_TIMEOUT_MS = 5_000;

/**
 * The error for a service that could not listen because its port is taken, with who has the port if that can be seen; undefined if the service's
 * lines do not say so. The revision is not to blame for it.
 */
export async function takenPort(
  { host, env, target }: Pick<StepContext<"env" | "processes">, "host" | "env" | "target">,
  lines: readonly string[],
  problem: string,
): Promise<HostUnavailable | undefined> {
  const line = lines.findLast((each) => IN_USE.test(each));
  if (line === undefined) return undefined;
  const port = portIn(line) ?? localPort(target.settings.health_check?.url);
  const said = keepStart(line.trim(), 200);
  if (port === undefined) return new HostUnavailable(`the port of the service is taken (${said}): ${problem}`);
  const argv = ["ss", "--no-header", "--listening", "--tcp", "--numeric", "--processes", `sport = :${port}`];
  const holder = await host.processes.run(argv, { env, timeoutMs: ASK_TIMEOUT_MS }).then(
    ({ stdout }) => holderIn(stdout),
    // Without ss(8) nobody can say.
    () => undefined,
  );
  return new HostUnavailable(
    `port ${port} is taken${holder === undefined ? "" : ` by ${holder}`} (${said}): ${problem}`,
    {
      hint: `See what listens there (sudo ss -ltnp "sport = :${port}"), and end it or give the service another port.`,
    },
  );
}

/** The port in a line like `listen EADDRINUSE: address already in use 127.0.0.1:8000`. Pure. */
export function portIn(line: string): number | undefined {
  const text = line.replaceAll(/\b\d{1,2}:\d\d:\d\d([.,]\d+)?/g, "");
  const found = /\bport[ :=]+(\d{1,5})\b/i.exec(text) ?? /['"], ?(\d{1,5})\)/.exec(text) ?? /.*:(\d{1,5})\b/.exec(text);
  const port = Number(found?.[1] ?? 0);
  return port > 0 && port <= 65_535 ? port : undefined;
}

/** The first process that ss(8) names: `users:(("node",pid=123,fd=18))`. It names only processes that this user may look at. */
export function holderIn(listing: string): string | undefined {
  const [, name, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(listing) ?? [];
  return name === undefined ? undefined : `${name} (process ${pid})`;
}

function localPort(url: string | undefined): number | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { hostname, port } = new URL(url);
  return /^(localhost|127\.|\[::1\])/.test(hostname) && port !== "" ? Number(port) : undefined;
}
