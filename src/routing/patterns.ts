import picomatch from "picomatch";

/**
 * Compiles globs: a name matches when a pattern without `!` does and no pattern with `!` does; with exclusions only, everything else matches.
 * `*` stays within one `/` part, `**` crosses them. An empty list matches nothing.
 */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  const wanted = patterns.filter((pattern) => !pattern.startsWith("!")).map(compile);
  const unwanted = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => compile(pattern.slice(1)));
  if (patterns.length === 0) return () => false;
  return (name) =>
    (wanted.length === 0 || wanted.some((matches) => matches(name))) && !unwanted.some((matches) => matches(name));
}

function compile(pattern: string): (name: string) => boolean {
  // A plain name is compared as it is: fast, and `release(1)` means itself.
  if (!/[*?[{]/.test(pattern)) return (name) => name === pattern;
  return picomatch(pattern, { dot: true, nonegate: true, noextglob: true });
}
