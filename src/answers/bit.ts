/** Documents have said 0 and 1 for some facts from the beginning. */
export function bit(is: boolean): 0 | 1 {
  return is ? 1 : 0;
}
