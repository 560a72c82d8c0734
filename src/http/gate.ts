import type { Socket } from "node:net";
import { isWithin, plainAddress, senderOf } from "../domain/addresses.ts";
import { DeliveryRejected } from "../domain/errors.ts";
import { fairShares } from "./fair-shares.ts";
import type { Limits, Share } from "./fair-shares.ts";
import { createTurns } from "./turns.ts";

/** Bounds what senders can take before they have proved who they are: connections, requests, and bytes of bodies. */
export interface Gate {
  /** Ends a new connection at once if its sender has too many. A trusted proxy speaks for many senders, whose requests are counted instead. */
  connected(socket: Socket): void;
  /** A request whose body is to be read. @throws DeliveryRejected 429 if this sender has too many under way. */
  enter(address: string): Visit;
  /** How many connections were ended at once since the daemon started. */
  refusedConnections(): number;
}

/** A request that is under way and not verified yet. */
export interface Visit {
  /** Room for so many more bytes. @throws DeliveryRejected 503 if there is none for this sender. */
  hold(bytes: number): void;
  /** Calls back when more of the body may be received: for a stranger when it is its turn, else at once. */
  next(goOn: () => void): void;
  /** The body is larger than usual ones. @throws DeliveryRejected 503 if there are too many such bodies of this sender. */
  large(): void;
  /** Calls back if another sender needs the room. */
  onGivenUp(listener: (rejection: DeliveryRejected) => void): void;
  /** The sender has proved who it is: for a day it has a share that strangers cannot use up. */
  verified(): void;
  /** The request is answered. Calling it again does nothing. */
  leave(): void;
}

/** Requests and connections of strangers, and the share of senders that verified lately. */
const CONNECTIONS: Limits = { inAll: 256, perSender: 128 };
const KNOWN_CONNECTIONS: Limits = { inAll: 256, perSender: 256 };
const REQUESTS: Limits = { inAll: 128, perSender: 128 };
const KNOWN_REQUESTS: Limits = { inAll: 1_024, perSender: 1_024 };
/** Bodies that are larger than usual ones. Each that waits for its turn keeps a part of itself in the buffers of its connection. */
const LARGE: Limits = { inAll: 16, perSender: 4 };
const KNOWN_LARGE: Limits = { inAll: 64, perSender: 64 };
/** Room for one body of the largest size that a forge sends. */
const BYTES: Limits = { inAll: 26 * 2 ** 20, perSender: 26 * 2 ** 20 };
const KNOWN_BYTES: Limits = { inAll: 128 * 2 ** 20, perSender: 128 * 2 ** 20 };

const DAY_MS = 86_400_000;
/** More senders than a host has forges. */
const MAX_KNOWN = 1_000;
/** Written to a connection that is ended at once. */
const TOO_MANY = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

/** @param trustedProxies those of the settings in force. */
export function createGate(trustedProxies: () => readonly string[]): Gate {
  const known = new Map<string, number>();
  const isKnown = (sender: string): boolean => performance.now() - (known.get(sender) ?? -DAY_MS) < DAY_MS;
  const connections = fairShares(CONNECTIONS, KNOWN_CONNECTIONS, isKnown);
  const requests = fairShares(REQUESTS, KNOWN_REQUESTS, isKnown);
  const bodies = fairShares(BYTES, KNOWN_BYTES, isKnown);
  const large = fairShares(LARGE, KNOWN_LARGE, isKnown);
  const turns = createTurns();
  let refused = 0;
  const remember = (sender: string): void => {
    // The map keeps the order of insertion: the sender that verified longest ago stands first.
    known.delete(sender);
    known.set(sender, performance.now());
    for (const oldest of known.keys()) if (known.size > MAX_KNOWN) known.delete(oldest);
  };
  return {
    connected(socket) {
      turns.arrived();
      const peer = plainAddress(socket.remoteAddress ?? "");
      if (isWithin(trustedProxies(), peer)) return;
      const share = connections.take(senderOf(peer), 1, () => {
        refused += 1;
        socket.destroy();
      });
      if (share === undefined) {
        refused += 1;
        socket.end(TOO_MANY, () => socket.destroy());
        return;
      }
      socket.once("close", () => share.giveBack());
    },
    enter(address) {
      const sender = senderOf(address);
      const listeners: ((rejection: DeliveryRejected) => void)[] = [];
      const giveUp = (): void => {
        leave();
        for (const listener of listeners) listener(noRoom());
      };
      const request = requests.take(sender, 1, giveUp);
      const body = request === undefined ? undefined : bodies.take(sender, 0, giveUp);
      if (request === undefined || body === undefined)
        throw new DeliveryRejected(429, "too many requests of this address are under way", { hint: SEND_AGAIN });
      let largeBody: Share | undefined;
      const leave = (): void => {
        request.giveBack();
        body.giveBack();
        largeBody?.giveBack();
      };
      return {
        hold(bytes) {
          if (!body.grow(bytes)) throw noRoom();
        },
        large() {
          largeBody ??= large.take(sender, 1, giveUp);
          if (largeBody === undefined) throw noRoom();
        },
        next: (goOn) => (isKnown(sender) ? goOn() : turns.wait(goOn)),
        onGivenUp: (listener) => void listeners.push(listener),
        verified() {
          remember(sender);
          leave();
        },
        leave,
      };
    },
    refusedConnections: () => refused,
  };
}

const SEND_AGAIN = "Send it again in a few seconds.";

function noRoom(): DeliveryRejected {
  return new DeliveryRejected(503, "there is no room for this body while others are being received", {
    hint: SEND_AGAIN,
  });
}
