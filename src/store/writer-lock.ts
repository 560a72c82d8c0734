/**
 * The numbers of the advisory lock that a transaction of PostgreSQL takes before it writes: one transaction writes at a time, as with SQLite. It is released at the very end of the
 * transaction, after the commit is on disk.
 */
export const WRITER_LOCK = "1718772073, 1";
