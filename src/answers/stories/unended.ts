/** Text that is about to get a full stop, whether it had one or not. */
export function unended(text: string): string {
  return text.replace(/\.$/, "");
}
