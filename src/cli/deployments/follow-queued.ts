import type { Feed } from "../../answers/following/feed.ts";
import { EXIT } from "../exit-codes.ts";
import { watchDeployment } from "../live/watch-deployment.ts";
import type { Print } from "../print/print.ts";
import { exitInterrupted, onInterrupt } from "./interrupt.ts";
import { tellEnd } from "./tell-end.ts";
import type { EndOptions } from "./tell-end.ts";

/** A deployment that a daemon runs, with the decision that was told. */
interface QueuedDeployment {
  readonly deployment: string;
  readonly decision: string;
}

/** Whether `deploy` and `promote` wait: scripts that read a pipe or JSON have to ask for it. */
export function isWaitWanted({ wait }: { readonly wait?: boolean | undefined }, print: Print): boolean {
  return wait ?? (print.isTerminal && !print.isJson);
}

/** Follows a deployment to its end if that is wanted. Returns the exit code of the command. */
export async function followQueued(
  feed: Feed,
  { deployment, decision }: QueuedDeployment,
  print: Print,
  { wait, ...end }: EndOptions & { readonly wait: boolean },
): Promise<number> {
  if (wait) {
    using _interrupt = onInterrupt(() => leave(deployment, print), exitInterrupted);
    await watchDeployment(feed, deployment, print, { log: end.hasSeenLog });
    return await tellEnd(feed, deployment, print, end);
  }
  if (print.isJson) print.json({ deployment, decision });
  else print.line(`queued; fraisier logs -f ${deployment} follows it`);
  return EXIT.ok;
}

/** Ends the command while the deployment goes on, as the daemon runs it. */
function leave(deployment: string, print: Print): void {
  print.live?.keep();
  if (!print.isJson)
    print.line(
      `\ndeployment ${deployment} goes on. fraisier logs -f ${deployment} follows it, fraisier cancel ${deployment} ends it.`,
    );
  exitInterrupted();
}
