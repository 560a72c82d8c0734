import { existsSync, rmSync, statSync } from "node:fs";
import { openFilesOfOthers } from "../host/open-files.ts";
import { bringStoreBack, compareStores, lostStores, saveOpened } from "../store/backends/sqlite-lost.ts";
import type { LogOwner, LostStore } from "../store/backends/sqlite-lost.ts";
import { savedCopies, savedCopyOf } from "../store/backends/sqlite-unwell.ts";
import type { FoundDamage } from "./find-damages.ts";
import type { ByHand, Mending } from "./repair.ts";

/** A store whose file is not at its place, as far as something of it is left. */
interface Remains {
  /** The place. */
  readonly file: string;
  /** The stores that processes have lost. */
  readonly lost: readonly LostStore[];
  /** Whether a process uses the store, and has to start again once a copy takes its place. */
  readonly isInUse: boolean;
}

/**
 * A store whose file was deleted, moved or replaced while fraisier had it open: what a process still has open of it, and the copy that the daemon saved.
 * This is looked for before the store is opened, as opening is refused then. Changes nothing.
 */
export async function findLostStore(file: string): Promise<readonly FoundDamage[]> {
  const opened = await openFilesOfOthers();
  const lost = lostStores(file, opened);
  const saved = savedCopies(file);
  if (lost.length === 0 && saved.length === 0) return [];
  // A file that was only emptied is at its place: its users have lost it all the same once the copy takes that place.
  const remains = { file, lost, isInUse: lost.length > 0 || opened.some(({ path }) => path === file) };
  const there = statSync(file, { throwIfNoEntry: false });
  if (there === undefined || there.size === 0) return [damageOf(file, lost, wayBack(remains, saved))];
  return await besideStore(remains, saved, there.ino);
}

/** Nothing is at the place. */
function wayBack(remains: Remains, saved: readonly string[]): Mending | ByHand {
  const { file, lost } = remains;
  const moved = lost.find(({ isOnlyMoved }) => isOnlyMoved);
  if (moved !== undefined) return moveBack(file, moved);
  return saved.length > 1 ? chooseByHand(file, saved) : bringCopyBack(remains, saved[0]);
}

/** A store is at the place. @param inode of that store. */
async function besideStore(remains: Remains, saved: readonly string[], inode: number): Promise<readonly FoundDamage[]> {
  const { file, lost } = remains;
  if (saved.length > 1) return [damageOf(file, lost, chooseByHand(file, saved))];
  const [first] = lost;
  const [copy] = saved;
  // A process has this very file open, and has lost its log.
  const isHalfLost = lost.some(({ main }) => main.inode === inode);
  if (copy === undefined) return first === undefined ? [] : [await withoutCopy(remains, first, isHalfLost)];
  const isOfThisFile = copy === savedCopyOf(file, inode);
  if (isOfThisFile && isHalfLost) return [damageOf(file, lost, bringCopyBack(remains, copy))];
  return await compared(remains, copy);
}

function damageOf(file: string, lost: readonly LostStore[], remedy: Mending | ByHand): FoundDamage {
  const how = existsSync(file) ? "was replaced, or has lost its content or its log" : "is gone";
  const holders = [...new Set(lost.map(({ main }) => main.pid))];
  return {
    kind: "store",
    where: file,
    what: `the store ${file} ${how}`,
    why:
      holders.length === 0
        ? "a copy that the daemon saved of it lies beside its place"
        : `process ${holders.join(" and ")} still has the lost file open`,
    targets: [],
    remedy,
  };
}

function moveBack(file: string, { main }: LostStore): Mending {
  return {
    does: `moves it back from ${main.path}; fraisier goes on by itself then`,
    async mend() {
      bringStoreBack(file, main.path ?? "", "brought back", new Date());
      // The store is whole again, and its saved copy would keep commands from opening it until the daemon has noticed.
      rmSync(savedCopyOf(file, main.inode), { force: true });
      return `${file} is back`;
    },
  };
}

/** @param saved the copy that the daemon saved; if there is none, what the first process has open is saved. */
function bringCopyBack({ file, lost, isInUse }: Remains, saved: string | undefined, log: LogOwner = "lost"): Mending {
  const [first] = lost;
  const from = saved ?? "the files of it that are still open";
  const restart = isInUse ? "; restart fraisier then: sudo systemctl restart fraisier" : "";
  return {
    does: `puts ${from} in its place${restart}`,
    async mend() {
      const copy = saved ?? (first === undefined ? undefined : saveOpened(file, first));
      if (copy === undefined) return "there is nothing to bring back any more";
      bringStoreBack(file, copy, log, new Date());
      return `${file} is back${restart}`;
    },
  };
}

/** A store is at the place, and a process has another file open of which there is no copy. */
async function withoutCopy({ file, lost }: Remains, first: LostStore, isHalfLost: boolean): Promise<FoundDamage> {
  const { isStore, hasOther } = await compareStores(file, first, !first.isLogInPlace);
  if (isStore && hasOther && !isHalfLost) {
    const pids = [...new Set(lost.map(({ main }) => main.pid))].join(" and ");
    return {
      ...damageOf(file, lost, {
        byHand: "Restart fraisier: sudo systemctl restart fraisier. End any other such process.",
      }),
      what: `the store ${file} is there, but process ${pids} has an older file open and records nothing`,
    };
  }
  return damageOf(file, lost, {
    does: `saves what process ${first.main.pid} has open, and compares both stores`,
    mend: async () => `saved ${saveOpened(file, first)}`,
  });
}

/** A store is at the place, and a copy of another one beside it. */
async function compared(remains: Remains, copy: string): Promise<readonly FoundDamage[]> {
  const { file, lost } = remains;
  const hasOwnLog = !lost.some(({ isLogInPlace }) => isLogInPlace);
  const { isStore, hasOther, isInOther } = await compareStores(file, copy, hasOwnLog);
  if (!isStore || (isInOther && !hasOther)) {
    return [damageOf(file, lost, bringCopyBack(remains, copy, hasOwnLog ? "there" : "lost"))];
  }
  if (hasOther && !isInOther) return [leftCopy(file, copy)];
  return [damageOf(file, lost, chooseByHand(file, [copy]))];
}

function leftCopy(file: string, copy: string): FoundDamage {
  return {
    kind: "store",
    where: copy,
    what: `${copy} is a copy of the store that was saved when its file was lost`,
    why: `${file} has every record of it, and newer ones`,
    targets: [],
    remedy: {
      does: "removes the copy",
      async mend() {
        rmSync(copy, { force: true });
        return `removed ${copy}`;
      },
    },
  };
}

function chooseByHand(file: string, copies: readonly string[]): ByHand {
  const names = copies.join(", ");
  return {
    byHand: `Only you know whether ${file} or ${names} is the right store. If it is ${file}: rm ${copies.join(" ")}. If not, stop fraisier, move ${file} elsewhere with its -wal and -shm, and run fraisier repair again.`,
  };
}
