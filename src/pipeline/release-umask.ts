const OTHERS = 0o007;
const GROUP_READS = 0o050;
const GROUP_WRITES = 0o020;
const OTHERS_WRITE = 0o002;
const SETGID = 0o2000;

/**
 * The umask for what is made in an app folder. Releases are closed to others if the folder is, the group of a
 * setgid folder can read them, and only those can change them who can change the folder. Pure.
 * @param mode of the app folder; undefined if there is none.
 * @param groupWrites whether commands run there as another user, who writes by the group.
 */
export function releaseUmask(mode: number | undefined, umask: number, groupWrites = false): number {
  if (mode === undefined) return umask;
  let result = umask | ((mode & OTHERS) === 0 ? OTHERS : ~mode & OTHERS_WRITE) | (~mode & GROUP_WRITES);
  if ((mode & SETGID) !== 0 && (mode & GROUP_READS) === GROUP_READS) result &= ~GROUP_READS;
  return groupWrites ? result & ~0o070 : result;
}
