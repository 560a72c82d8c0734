import type { Bind } from "../bind.ts";
import { variableRecipient } from "../reads/variable-recipient.ts";
import { variablesOf } from "../reads/variables-of.ts";
import { deleteVariable } from "../writes/delete-variable.ts";
import { holdVariableKey } from "../writes/hold-variable-key.ts";
import { resealVariables } from "../writes/reseal-variables.ts";
import { setVariables } from "../writes/set-variables.ts";

/** The sealed variables of targets, and the key in force. */
export function storeVariables(bind: Bind) {
  return {
    set: bind(setVariables),
    delete: bind(deleteVariable),
    reseal: bind(resealVariables),
    holdKey: bind(holdVariableKey),
    of: bind(variablesOf),
    recipient: bind(variableRecipient),
  };
}
