import { HostUnavailable } from "../domain/errors.ts";

interface Split {
  /** The URL without its login: the arguments of git can be read by every user of this machine. */
  readonly url: string;
  /** Gives git the login, for the host of the URL alone. */
  readonly env: Readonly<Record<string, string>>;
}

/** A shell reads the values from its environment: they are in no program's arguments. */
const HELPER =
  '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$FRAISIER_GIT_USERNAME" "$FRAISIER_GIT_PASSWORD"; }; f';

/** Takes the login out of an `https://user:password@…` or `http://…` URL. A login without a password asks git's own helpers for the password. */
export function splitLogin(cloneUrl: string): Split {
  const [, scheme = "", login, rest = ""] = /^(https?:\/\/)([^/?#]*)@(.*)$/is.exec(cloneUrl) ?? [];
  if (login === undefined) return { url: cloneUrl, env: {} };
  const [username = "", password] = login.split(/:(.*)/s).map(unescaped);
  if (/[\0\n]/.test(`${username}${password ?? ""}`))
    throw new HostUnavailable("the login in clone_url has a line break or a NUL in it, which git cannot send");
  const url = `${scheme}${rest}`;
  const section = `credential.${scheme}${/^[^/?#]*/.exec(rest)?.[0] ?? ""}`;
  const settings: readonly (readonly [string, string])[] =
    password === undefined
      ? [[`${section}.username`, username]]
      : [
          // An empty helper takes away those that are named before it.
          [`${section}.helper`, ""],
          [`${section}.helper`, HELPER],
        ];
  return {
    url,
    env: {
      ...(password === undefined ? {} : { FRAISIER_GIT_USERNAME: username, FRAISIER_GIT_PASSWORD: password }),
      GIT_CONFIG_COUNT: String(settings.length),
      ...Object.fromEntries(
        settings.flatMap(([key, value], index) => [
          [`GIT_CONFIG_KEY_${index}`, key],
          [`GIT_CONFIG_VALUE_${index}`, value],
        ]),
      ),
    },
  };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % sign is no escape.
    return text;
  }
}
