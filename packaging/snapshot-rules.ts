import type { Plugin } from "rolldown";

/** Modules of Node that V8 cannot put into a snapshot, or whose state must not be in it: random bytes that are kept for later, open handles. */
const LATER = [
  "child_process",
  "crypto",
  "http",
  "http2",
  "https",
  "module",
  "net",
  "readline",
  "stream/consumers",
  "tls",
  "worker_threads",
];

/** Stands before the bundle. Each of these modules is loaded when a process that started from the snapshot first uses it, and never while it is made. */
const REQUIRE = `const requireNow = require;
let isSnapshotMade = false;
require("v8").startupSnapshot.addDeserializeCallback(() => { isSnapshotMade = true; });
require = (name) => {
  if (!${JSON.stringify(LATER)}.includes(name.replace(/^node:/, ""))) return requireNow(name);
  let loaded;
  const load = () => {
    if (!isSnapshotMade) throw new Error(name + " is used while the snapshot is made");
    return (loaded ??= process.getBuiltinModule(name));
  };
  const later = new Proxy({}, { get: (_, key) => load()[key], has: (_, key) => key in load(), getPrototypeOf: () => later });
  return later;
};`;

/** The native part of SQLite cannot be in a snapshot: it is loaded when the first store is opened. */
const BINDING = /better-sqlite3\/lib\/binding\.js$/;
const LOAD_BINDING = `const { dirname, join } = require("node:path");
let load;
exports.getBinding = (given) => {
  const beside = process.getBuiltinModule("node:module").createRequire(__filename);
  load ??= beside(join(dirname(beside.resolve("better-sqlite3/package.json")), "lib/binding.js")).getBinding;
  return load(given);
};`;

/** Makes a bundle in one file of which a startup snapshot of V8 can be made: `node --snapshot-blob FILE --build-snapshot BUNDLE`. */
export function snapshotRules(): Plugin {
  return {
    name: "snapshot-rules",
    load: (id) => (BINDING.test(id) ? LOAD_BINDING : undefined),
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== "chunk") continue;
        // V8 keeps a text with one other character in twice the memory, and the snapshot holds the whole text.
        if (/String\.raw`[^`]*[^\0-\x7F]/.test(chunk.code))
          throw new Error("a raw text has a character that is not ASCII");
        chunk.code = `${REQUIRE}\n${chunk.code}`.replaceAll(/[^\0-\x7F]/g, escaped);
      }
    },
  };
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
