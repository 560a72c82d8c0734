/** The meaning of a key, for `.meta()`: shown by editors and in docs/configuration.md. `otherwise` is its default, if the schema itself does not have it. */
export function means(description: string, otherwise?: string): { description: string; "x-default"?: string } {
  return { description, ...(otherwise === undefined ? {} : { "x-default": otherwise }) };
}
