/** A new installation has no fraises: nothing is wrong with it. */
export const NO_FRAISES = "No fraises yet: fraisier init writes the first one into fraises.yaml.";
