/** The way to a daemon's API. */
export type Door =
  | {
      readonly kind: "url";
      /** `https://deploy.example.com`, without a path. */
      readonly url: string;
      readonly token: string;
    }
  | { readonly kind: "socket"; readonly path: string };

/** The daemon behind a door, as errors name it. */
export function doorName(door: Door): string {
  return door.kind === "url" ? door.url : door.path;
}
