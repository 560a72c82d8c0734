import type { Random } from "../helpers/random.ts";

/** Values that programs are seldom written for. */
const ODD: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  Number.MAX_VALUE,
  "",
  " ",
  "x".repeat(5_000),
  [],
  {},
  [[[[[[]]]]]],
  { toString: 1, constructor: null, length: -1 },
  "refs/heads/--upload-pack=touch /tmp/x",
  "refs/heads/../../config",
  "refs/heads/a\u0000b",
  "refs/heads/a\nb",
  "refs/tags/v1.0.0^{}",
  "refs/heads/\u202egnp.exe",
  "refs/heads/\ud800",
  "-c core.sshCommand=x",
  "HEAD",
  "0".repeat(40),
  "f".repeat(40),
  "F".repeat(40),
  "g".repeat(40),
  "a".repeat(64),
  "abc1234",
  "__proto__",
  "../../etc/passwd",
  "ext::sh -c touch% /tmp/x",
  "acme/shop; rm -rf /",
  "${jndi:ldap://x}",
];

/** A copy of a JSON value with one to four changes: keys taken away, renamed, given an odd value, swapped, wrapped, repeated. */
export function mutateJson(value: unknown, random: Random): unknown {
  const copy: { root: unknown } = { root: structuredClone(value) };
  const changes = 1 + random.below(4);
  for (let change = 0; change < changes; change++) changeOnce(copy, random);
  return copy.root;
}

function changeOnce(copy: { root: unknown }, random: Random): void {
  const places = placesIn(copy);
  const [holder, key] = random.pick(places);
  const other = random.pick(places);
  const object = holder as Record<string, unknown>;
  switch (random.below(6)) {
    case 0:
      if (holder !== copy) delete object[key];
      return;
    case 1:
      object[key] = random.pick(ODD);
      return;
    case 2:
      [object[key], (other[0] as Record<string, unknown>)[other[1]]] = [
        structuredClone((other[0] as Record<string, unknown>)[other[1]]),
        structuredClone(object[key]),
      ];
      return;
    case 3:
      object[key] = [object[key]];
      return;
    case 4:
      if (Array.isArray(object[key]))
        object[key] = Array.from({ length: 200 }, () => structuredClone(object[key] as unknown[])).flat();
      return;
    default:
      object[random.pick(["__proto__", "toJSON", "ref", "after", "changes", "push"])] = random.pick(ODD);
  }
}

/** Every place that holds something: its holder and its key. */
function placesIn(copy: { root: unknown }): readonly (readonly [object, string])[] {
  const found: (readonly [object, string])[] = [];
  const walk = (holder: object): void => {
    for (const key of Object.keys(holder)) {
      found.push([holder, key]);
      const inner = (holder as Record<string, unknown>)[key];
      if (typeof inner === "object" && inner !== null && found.length < 2_000) walk(inner);
    }
  };
  walk(copy);
  return found;
}

/** The bytes of a payload with one change that JSON has no word for: cut, doubled keys, deep nests, other encodings, bytes that are no text. */
export function mutateBytes(body: Buffer, random: Random): Buffer {
  const text = body.toString();
  const at = random.below(body.length);
  switch (random.below(9)) {
    case 0:
      return body.subarray(0, at);
    case 1:
      return Buffer.concat([body, Buffer.from(random.pick(["}", "{}", "\0", "garbage", " \n"]))]);
    case 2:
      return Buffer.from(`\ufeff${text}`);
    case 3:
      return Buffer.from(text, "utf16le");
    case 4:
      return Buffer.concat([body.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), body.subarray(at)]);
    case 5:
      return Buffer.from(text.replace("{", `{"ref":"refs/heads/other","after":"${"e".repeat(40)}",`));
    case 6:
      return Buffer.from(`${"[".repeat(20_000)}${text}${"]".repeat(20_000)}`);
    case 7:
      return Buffer.from(text.replaceAll('"', random.pick(["'", '\\"', ""])));
    default: {
      const copy = Buffer.from(body);
      copy[at] = random.below(256);
      return copy;
    }
  }
}
