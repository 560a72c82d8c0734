/** Tells a runner which store its daemon serves, in case fraises.yaml can no longer say it. */
export const STORE_VARIABLE = "FRAISIER_STORE";
