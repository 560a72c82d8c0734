/**
 * How sqlite3(1) asks a file without changing what it says, or making one. Not with `-readonly`: where a writer was killed, the first one to
 * come must write back what that one's journal holds, and could not be asked until somebody else did.
 */
export function readingOptions(file: string): readonly string[] {
  const path = file.split("/").map(encodeURIComponent).join("/");
  return ["-cmd", "pragma query_only = on", `file:${path}?mode=rw`];
}
