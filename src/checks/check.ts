import type { ZodRawShape } from "zod";
import type { Fields } from "../config/fields.ts";
import type { CheckSettings } from "../config/settings.ts";
import type { Host } from "../host/host.ts";
import type { Processes } from "../host/processes.ts";
import type { Service } from "../service-managers/service-manager.ts";

/** One way to find out whether what was deployed does its work. Looks, and changes nothing by itself. */
export interface Check {
  /** The word after `type:`. */
  readonly type: string;
  /** The keys beside `type`, `name`, `timeout` and `on_failure`. */
  settings(fields: Fields): ZodRawShape;
  /** What else must be configured for it to make sense: the sentence that says what is missing. Asked when fraises.yaml is loaded. */
  complaint?(settings: CheckSettings, around: Around): string | undefined;
  /** What it looks at, in a few words; the name of a check without one: `GET /health answers 200`. Never shows a secret. */
  describe(settings: CheckSettings): string;
  /** Milliseconds, where the check names no `timeout`. */
  readonly timeoutMs: number;
  /** Never rejects for what it sees, only when interrupted; what it throws else counts as failed, with the message as what was seen. */
  run(settings: CheckSettings, context: CheckContext): Promise<Seen>;
}

/** What stands beside the checks of an environment. */
export interface Around {
  readonly hasBaseUrl: boolean;
  readonly hasService: boolean;
  /** What the service says can be read. */
  readonly hasServiceLog: boolean;
}

export interface Seen {
  readonly passed: boolean;
  /** What was seen, in a sentence for people: `answers 500, not 200`. */
  readonly seen: string;
  /** What the check looks at could not be read at all: it says nothing about the release. */
  readonly isUnknown?: boolean;
}

export interface CheckContext {
  readonly host: Host;
  /** Runs what the repository brings, in the sandbox of the target. */
  readonly commands: Processes;
  /** What `path` is relative to. */
  readonly baseUrl: string | undefined;
  /** The service of the target. */
  readonly service: Service | undefined;
  /** When fraisier last restarted it, where it is on record. */
  readonly restartedAt: Date | undefined;
  /** The folder of the release that runs. */
  readonly folder: string;
  /** What commands find in their environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  /** For the whole check. */
  readonly timeoutMs: number;
  /** Aborted when the deployment is cancelled or out of time. */
  readonly signal: AbortSignal;
  /** A line for the log of the deployment. */
  log(line: string): void;
}
