import type { VariableInvocation } from "../../variables/variable-command.ts";

/** `fraisier env rotate-key`: a new key, and every value sealed for it. */
export async function rotateKey({ vault, print }: VariableInvocation): Promise<number> {
  const { recipient, count, path } = await vault.rotate();
  if (print.isJson) print.json({ key_file: path, recipient, variables: count });
  else {
    print.line(`${count} variable${count === 1 ? " is" : "s are"} sealed for the new key ${recipient}`);
    print.line(`it lies in ${path}; the old key opens nothing any more: renew your copy of it`);
  }
  return 0;
}
