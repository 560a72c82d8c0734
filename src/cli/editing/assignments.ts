import { UsageError } from "../../domain/errors.ts";

/** `key.path=value`, as `--set` takes it, several times. @throws UsageError */
export function assignments(texts: readonly string[]): readonly (readonly [key: string, value: string])[] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
    throw new UsageError(`--set ${text}: there is no =`, { hint: "--set health_check.timeout=60s" });
  });
}
