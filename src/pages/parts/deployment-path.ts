/** The address of a deployment's page. */
export function deploymentPath(id: string): string {
  return `/deployments/${encodeURIComponent(id)}`;
}
