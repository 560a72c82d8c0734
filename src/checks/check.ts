import type { z } from "zod";
import type { Fields } from "../config/keys/fields.ts";
import type { WithSecrets } from "../config/keys/with-secrets.ts";
import type { CheckSettings } from "../config/settings.ts";
import type { Host } from "../host/host.ts";
import type { Processes } from "../host/processes.ts";
import type { Service } from "../service-managers/service-manager.ts";

/** The settings of one check in fraises.yaml: the keys that every check has, and those of its type as its schema gives them. */
export type SettingsOf<Shape extends z.ZodRawShape> = CheckSettings & WithSecrets<z.output<z.ZodObject<Shape>>>;

/** A way to find out whether the deployed release does its work. Looks, and changes nothing by itself. */
export interface Check<Shape extends z.ZodRawShape = z.ZodRawShape> {
  /** The word after `type:`. */
  readonly type: string;
  /** The keys beside `type`, `name`, `timeout` and `on_failure`. */
  settings(fields: Fields): Shape;
  /** The settings that the check needs beside its own keys: returns the sentence that says what is missing. Asked when fraises.yaml is loaded. */
  complaint?(settings: SettingsOf<Shape>, around: Around): string | undefined;
  /** The subject of the check in a few words, which is the name of a check without one: `GET /health answers 200`. Never shows a secret. */
  describe(settings: SettingsOf<Shape>): string;
  /** Milliseconds, if the check names no `timeout`. */
  readonly timeoutMs: number;
  /** Rejects only if it is interrupted. Any other error counts as a failure of the check, and its message as the observation. */
  run(settings: SettingsOf<Shape>, context: CheckContext): Promise<Seen>;
}

/** A check whose `complaint`, `describe` and `run` get the settings that its own schema gives. */
export function defineCheck<Shape extends z.ZodRawShape>(check: Check<Shape>): Check {
  return check;
}

/** The settings that stand beside the checks of an environment. */
export interface Around {
  readonly hasBaseUrl: boolean;
  readonly hasService: boolean;
  /** Whether fraisier can read the log of the service. */
  readonly hasServiceLog: boolean;
}

export interface Seen {
  readonly passed: boolean;
  /** The observation, in a sentence for people: `answers 500, not 200`. */
  readonly seen: string;
  /** The subject of the check could not be read at all: the check says nothing about the release. */
  readonly isUnknown?: boolean;
}

export interface CheckContext {
  readonly host: Host;
  /** Runs commands of the repository in the sandbox of the target. */
  readonly commands: Processes;
  /** The URL that `path` is relative to. */
  readonly baseUrl: string | undefined;
  /** The service of the target. */
  readonly service: Service | undefined;
  /** The time of fraisier's last restart of the service, if it is on record. */
  readonly restartedAt: Date | undefined;
  /** The folder of the release that runs. */
  readonly folder: string;
  /** The environment of commands. */
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  /** The time for the whole check. */
  readonly timeoutMs: number;
  /** Aborts when the deployment is cancelled or out of time. */
  readonly signal: AbortSignal;
  /** Writes a line into the log of the deployment. */
  log(line: string): void;
}
