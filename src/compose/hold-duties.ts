import { startLeadership } from "../hosts/leadership.ts";
import type { Log } from "../log.ts";
import { startRetention } from "../queue/retention.ts";
import type { Store } from "../store/store.ts";
import type { SettingsHolder } from "./in-force.ts";

/** The nouns with which a daemon does what must be done once for all hosts. */
type DutyNouns = Pick<Store, "deliveries" | "queue" | "sweeps" | "upkeep">;

/** Everything that must be done once for all hosts: sweeps, retention, traces, and noticing what is stuck. */
export interface Duties {
  /** The nouns that write for the duties, as long as this daemon leads; undefined if it does not. */
  nouns(): DutyNouns | undefined;
  /** From here on this daemon may lead. */
  begin(): void;
  stop(): Promise<void>;
}

interface DutyParts {
  readonly store: Store;
  /** The name of this host. */
  readonly host: string;
  readonly settings: SettingsHolder;
  /** This daemon has begun to lead. */
  led(): void;
  readonly log: Log;
}

/** With the store in a file, the only daemon does everything. On a server, the leader does, and each of its writes names its term. */
export function holdDuties({ store, host, settings, led, log }: DutyParts): Duties {
  const { onServer } = store;
  const retain = ({ upkeep }: Pick<DutyNouns, "upkeep">) =>
    startRetention({ ...store, upkeep }, () => settings.now().config.store, log);
  let retention: ReturnType<typeof retain> | undefined;
  if (onServer === undefined)
    return {
      nouns: () => store,
      begin: () => void (retention = retain(store)),
      stop: async () => await retention?.stop(),
    };
  let nouns: DutyNouns | undefined;
  let leadership: ReturnType<typeof startLeadership> | undefined;
  let isOver = false;
  return {
    nouns: () => nouns,
    begin() {
      // A process that only reads the store leads no more (stop).
      if (isOver || store.onlyReads() !== undefined) return;
      leadership = startLeadership({
        server: onServer,
        host,
        begin(term) {
          nouns = store.leading(term);
          retention = retain(nouns);
          led();
        },
        end() {
          nouns = undefined;
          void retention?.stop();
        },
        log,
      });
    },
    async stop() {
      isOver = true;
      await leadership?.stop();
      await retention?.stop();
    },
  };
}
