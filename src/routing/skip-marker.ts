/** The marker by which people keep a commit from being built or deployed; undefined when it is not there. */
export function skipMarker(message: string): string | undefined {
  return /\[(?:skip (?:ci|deploy)|(?:ci|deploy) skip|no ci)\]/i.exec(message)?.[0];
}
