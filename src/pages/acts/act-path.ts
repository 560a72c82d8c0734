/** The address of the page that asks a person to confirm an action. */
export function actPath(verb: string, given: Readonly<Record<string, string>>): string {
  return `/act/${verb}?${new URLSearchParams(given).toString()}`;
}
