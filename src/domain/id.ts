import { randomInt } from "node:crypto";

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
let lastTime = 0;
let sequence = 0;

/**
 * A new id: 13 lower-case letters and digits, unique across machines, sorting by time of creation
 * (nine digits of milliseconds, four that start at random in each millisecond and count up in it).
 * Fit for unit names, folder names and the command line.
 */
export function newId(now: number = Date.now()): string {
  if (now > lastTime) {
    lastTime = now;
    // Leaves room for some 500,000 ids in one millisecond before the time digits must move.
    sequence = randomInt(0, 2 ** 19);
  } else if (++sequence >= 2 ** 20) {
    lastTime += 1;
    sequence = 0;
  }
  return digits(lastTime, 9) + digits(sequence, 4);
}

/** From now on new ids sort after this one, even when the clock was set back since it was made. */
export function newIdsFollow(id: string): void {
  const time = timeOfId(id).getTime();
  if (time <= lastTime) return;
  // The whole rest of that millisecond is taken for used.
  lastTime = time + 1;
  // Other processes may follow the same id.
  sequence = randomInt(0, 2 ** 19);
}

/** When an id was made, by the clock of the machine that made it. */
export function timeOfId(id: string): Date {
  let time = 0;
  for (const digit of id.slice(0, 9)) time = time * 32 + DIGITS.indexOf(digit);
  return new Date(time);
}

/** Sorts before every id made at this time or later, and after every earlier one. */
export function idBefore(time: Date): string {
  return digits(Math.max(0, time.getTime()), 9);
}

function digits(value: number, length: number): string {
  let text = "";
  for (let rest = value, i = 0; i < length; i++, rest = Math.floor(rest / 32)) text = DIGITS.charAt(rest % 32) + text;
  return text;
}
