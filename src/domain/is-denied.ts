/** Codes of the file system and of SQLite for what this user may not do. */
const CODES = new Set(["EACCES", "EPERM", "SQLITE_PERM", "SQLITE_AUTH"]);

/** Whether an error, or the one that caused it, says that this user may not do something: nothing is known then about what is there. */
export function isDenied(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { readonly code?: unknown };
  return CODES.has(String(code)) || isDenied(error.cause);
}
