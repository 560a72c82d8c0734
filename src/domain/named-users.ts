/** The users that a target's settings name for its commands, each once. Pure. The user of a job's unit is not here: systemd itself starts that one. */
export function namedUsers(settings: Readonly<Record<string, unknown>>): readonly string[] {
  return [...new Set(usersIn({ ...settings, job: undefined }))];
}

function usersIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    key === "user" && typeof each === "string" ? [each] : usersIn(each),
  );
}
