/** `1 target`, `3 targets`; with the word for several things if it is not the word for one thing with an s. */
export function counted(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`;
}
