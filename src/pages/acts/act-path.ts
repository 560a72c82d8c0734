/** The address of the page that asks before something is done. */
export function actPath(verb: string, given: Readonly<Record<string, string>>): string {
  return `/act/${verb}?${new URLSearchParams(given).toString()}`;
}
