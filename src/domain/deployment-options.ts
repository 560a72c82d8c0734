/**
 * The options that a person asked for beside the revision: they belong to one deployment and are stored with it. Everything left out is as fraises.yaml says.
 */
export interface DeploymentOptions {
  /** Only these component groups. */
  readonly groups?: readonly string[];
  /** Not these component groups. */
  readonly skip_groups?: readonly string[];
  /** A group that fails does not keep the next ones from being deployed, and what worked stays. */
  readonly continue_on_failure?: boolean;
  /** The deployment does not wait until the service is healthy. */
  readonly no_health_check?: boolean;
  /** Neither variables, `needs` nor the syntax of scripts are checked. */
  readonly skip_validation?: boolean;
}

/** As text for the store: the same wish always gives the same text. */
export function writeOptions(options: DeploymentOptions): string {
  const { groups = [], skip_groups = [] } = options;
  return JSON.stringify({
    ...(groups.length === 0 ? {} : { groups: [...new Set(groups)].toSorted() }),
    ...(skip_groups.length === 0 ? {} : { skip_groups: [...new Set(skip_groups)].toSorted() }),
    ...(options.continue_on_failure === true ? { continue_on_failure: true } : {}),
    ...(options.no_health_check === true ? { no_health_check: true } : {}),
    ...(options.skip_validation === true ? { skip_validation: true } : {}),
  });
}

/** Reads the options that the store holds; only `writeOptions` writes them. */
export function readOptions(text: string): DeploymentOptions {
  return JSON.parse(text) as DeploymentOptions;
}

/** Whether a group is deployed: named, or none is, and not left out. */
export function takesGroup({ groups = [], skip_groups = [] }: DeploymentOptions, name: string): boolean {
  return (groups.length === 0 || groups.includes(name)) && !skip_groups.includes(name);
}
