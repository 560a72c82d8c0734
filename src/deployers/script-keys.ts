import { means } from "../config/means.ts";

/** What `interpreter` and `run_timeout` mean to every type that runs a script. */
export const INTERPRETER = means("What runs the script", "its first line (`#!`), else the ending of its name");
export const RUN_TIMEOUT = means("When a run of the script is ended", "the deployment's `timeout`");
