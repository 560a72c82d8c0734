/** Whether a path is a folder itself or lies below it. Both are absolute and without `..`; a slash at the folder's end makes no difference. */
export function liesWithin(path: string, folder: string): boolean {
  const parent = folder.replace(/\/+$/, "");
  return path === parent || path.startsWith(`${parent}/`);
}
