import { counted } from "./counted.ts";
import type { Presence } from "./rollout.ts";
import { tookInWords } from "./time-words.ts";

/** Some of the hosts that a deployment waits for, and how many more there are: a rollout may have a thousand. */
export interface SomeHosts {
  readonly hosts: readonly string[];
  readonly more: number;
}

/** The reason of a deployment whose wave has not come. */
export type WaveWait =
  /** The hosts of the wave before are not deployed yet. */
  | ({ readonly kind: "hosts" } & SomeHosts)
  /** The hosts of the wave before are deployed, and must stay healthy. */
  | ({ readonly kind: "health"; readonly leftMs: number } & SomeHosts)
  /** A host, its own or one of the wave before, is silent or drained. */
  | { readonly kind: "absence"; readonly host: string; readonly presence: Exclude<Presence, "present"> }
  /** More hosts of the target are silent or drained than `max_unavailable` allows. */
  | ({ readonly kind: "unavailable"; readonly allowed: number } & SomeHosts)
  /** The current wave of an older rollout still runs. */
  | ({ readonly kind: "older"; readonly rollout: string } & SomeHosts)
  /** As many hosts catch up as `max_parallel` allows. */
  | ({ readonly kind: "catching up" } & SomeHosts);

/** Pure. */
export function waveSentence(wait: WaveWait): string {
  const say = SENTENCES[wait.kind] as (wait: WaveWait) => string;
  return say(wait);
}

const SENTENCES: { readonly [Kind in WaveWait["kind"]]: (wait: Extract<WaveWait, { kind: Kind }>) => string } = {
  hosts: (wait) => `${hostNames(wait)} must be deployed first`,
  health: ({ leftMs, ...wait }) => `${hostNames(wait)} must stay healthy for ${wholeSeconds(leftMs)} more`,
  absence: ({ host, presence }) =>
    presence === "silent"
      ? `the daemon of ${host} is silent; this goes on when it is back`
      : `${host} is drained; "fraisier hosts resume ${host}" lets this go on`,
  unavailable: ({ allowed, ...wait }) =>
    `${hostNames(wait)} ${isAlone(wait) ? "is" : "are"} silent or drained, and rollout.max_unavailable allows ${allowed}`,
  older: ({ rollout, ...wait }) => `rollout ${rollout} still runs on ${hostNames(wait)}`,
  "catching up": (wait) => `${hostNames(wait)} must be deployed first, and rollout.max_parallel allows no more at once`,
};

/** `web1`, `web1 and web2`, `web1, web2, web3 and 9 more hosts`. */
function hostNames({ hosts, more }: SomeHosts): string {
  const names = more === 0 ? hosts : [...hosts, counted(more, "more host")];
  const last = names.at(-1) ?? "no host";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

function wholeSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 60 ? `${seconds} s` : tookInWords(seconds * 1000);
}

function isAlone({ hosts, more }: SomeHosts): boolean {
  return hosts.length + more === 1;
}

/** More names than these are counted. */
const NAMED = 3;

export function someHosts(all: readonly string[]): SomeHosts {
  return { hosts: all.slice(0, NAMED), more: Math.max(0, all.length - NAMED) };
}
