/**
 * The variable by which everything that a runner starts for a deployment is found if the runner dies. The value is the deployment's id. A service that a
 * command restarts must not carry it: the next runner would end the service as something that a dead runner left.
 */
export const DEPLOYMENT_VARIABLE = "FRAISIER_DEPLOYMENT";

/** Names the step that started a process, beside the deployment that DEPLOYMENT_VARIABLE names. */
export const STEP_VARIABLE = "FRAISIER_STEP";
