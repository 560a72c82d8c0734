/** The name of a unit with its suffix: systemctl(1) takes a name without one for a service. */
export function unitName(name: string): string {
  return /\.(service|socket|timer|target|path)$/.test(name) ? name : `${name}.service`;
}
