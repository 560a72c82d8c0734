import { existsSync, rmSync, statSync } from "node:fs";
import { openFilesOfOthers } from "../host/open-files.ts";
import { bringStoreBack, compareStores, lostStores, saveOpened } from "../store/backends/sqlite-lost.ts";
import type { LogOwner, LostStore } from "../store/backends/sqlite-lost.ts";
import { savedCopies, savedCopyOf } from "../store/backends/sqlite-unwell.ts";
import type { FoundDamage } from "./find-damages.ts";
import type { ByHand, Mending } from "./repair.ts";

/**
 * A store whose file was deleted, moved or replaced while fraisier had it open: what a process still has open of it, and the copy that the daemon saved.
 * This is looked for before the store is opened, as opening is refused then. Changes nothing.
 */
export async function findLostStore(file: string): Promise<readonly FoundDamage[]> {
  const opened = await openFilesOfOthers();
  const lost = lostStores(file, opened);
  // A file that was only emptied is at its place: its users have lost it all the same once the copy takes that place.
  const isInUse = lost.length > 0 || opened.some(({ path }) => path === file);
  const moved = lost.find(({ isOnlyMoved }) => isOnlyMoved);
  const saved = savedCopies(file);
  if (lost.length === 0 && saved.length === 0) return [];
  const state = statSync(file, { throwIfNoEntry: false });
  const isThere = state !== undefined && state.size > 0;
  if (moved !== undefined && !isThere) return [damageOf(file, lost, moveBack(file, moved))];
  if (saved.length > 1) return [damageOf(file, lost, chooseByHand(file, saved))];
  const [first] = lost;
  const [copy = ""] = saved;
  if (!isThere) return [damageOf(file, lost, bringCopyBack(file, copy === "" ? undefined : copy, first, isInUse))];
  // A process has this very file open, and has lost its log.
  const isHalfLost = lost.some(({ main }) => main.inode === state.ino);
  if (copy === "") return first === undefined ? [] : [await withoutCopy(file, first, isHalfLost, lost)];
  const isOfThisFile = copy === savedCopyOf(file, state.ino);
  if (isOfThisFile && isHalfLost) return [damageOf(file, lost, bringCopyBack(file, copy, first, isInUse))];
  return await compared(file, copy, lost, isInUse);
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

function bringCopyBack(
  file: string,
  saved: string | undefined,
  first: LostStore | undefined,
  isInUse: boolean,
  log: LogOwner = "lost",
): Mending {
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
async function withoutCopy(
  file: string,
  first: LostStore,
  isHalfLost: boolean,
  lost: readonly LostStore[],
): Promise<FoundDamage> {
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
async function compared(
  file: string,
  copy: string,
  lost: readonly LostStore[],
  isInUse: boolean,
): Promise<readonly FoundDamage[]> {
  const hasOwnLog = !lost.some(({ isLogInPlace }) => isLogInPlace);
  const { isStore, hasOther, isInOther } = await compareStores(file, copy, hasOwnLog);
  if (!isStore || (isInOther && !hasOther)) {
    return [damageOf(file, lost, bringCopyBack(file, copy, lost[0], isInUse, hasOwnLog ? "there" : "lost"))];
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
