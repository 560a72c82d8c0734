/** How many times longer everything may take on a machine that has other work: a second copy of the tests, for example. Tests that measure time multiply by it. */
export const LOADED = 3;
