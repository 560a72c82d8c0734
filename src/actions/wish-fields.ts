import { z } from "zod";
import { reasonField } from "./verb.ts";

/** Fields of several documents that ask for a deployment. */
export const reasons = {
  reason: reasonField,
  override: z.string().max(2_000).optional().describe("Why locks and freeze windows do not count for it."),
};

const names = z.array(z.string()).max(100).optional().describe("Names of component groups.");

/** The steps that a deployment leaves out. */
export const steps = {
  groups: names,
  skip_groups: names,
  continue_on_failure: z.boolean().optional(),
  health_check: z.boolean().optional().describe("False leaves the health check out."),
  skip_validation: z.boolean().optional(),
};

/** The revision of a deployment. */
export const what = {
  revision: z.string().optional().describe("A hash, or its first digits, seven or more."),
  ref: z.string().optional().describe("A branch or a tag; the target's own one without ref and revision."),
};

/** The place that a rollback goes back to. */
export const back = {
  to_commit: z.string().optional().describe("The revision to go back to."),
  to_version: z.string().optional().describe("The tag to go back to."),
  to_deployment: z.string().optional().describe("The deployment whose revision is to run again."),
};

interface Back {
  readonly to_commit?: string | undefined;
  readonly to_version?: string | undefined;
  readonly to_deployment?: string | undefined;
}

/** The place that a document names, as the command line has it. */
export function backIn({ to_commit: toCommit, to_version: toVersion, to_deployment: toDeployment }: Back) {
  return defined({ toCommit, toVersion, toDeployment });
}

interface Steps {
  readonly groups?: string[] | undefined;
  readonly skip_groups?: string[] | undefined;
  readonly continue_on_failure?: boolean | undefined;
  readonly health_check?: boolean | undefined;
  readonly skip_validation?: boolean | undefined;
}

/** The options of a document, as the command line has them. */
export function askedIn(wish: Steps) {
  return defined({
    group: wish.groups,
    skipGroup: wish.skip_groups,
    continueOnFailure: wish.continue_on_failure,
    healthCheck: wish.health_check,
    skipValidation: wish.skip_validation,
  });
}

type Defined<Value> = { [Key in keyof Value]?: Exclude<Value[Key], undefined> };

/** A key without a value is not there at all. */
export function defined<Value extends object>(value: Value): Defined<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<Value>;
}
