import type { OutputChunk, Plugin } from "rolldown";
import { minifySync } from "rolldown/utils";
import { checksum } from "../src/store/migrations/history.ts";
import { sqliteMigrations } from "../src/store/migrations/sqlite-migrations.ts";

/** Modules of Node that V8 cannot put into a snapshot, or whose state must not be in it: random bytes that are kept for later, open handles, timers. */
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
  "timers",
  "timers/promises",
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

/**
 * The native part of SQLite cannot be in a snapshot: it is loaded when the first store is opened, by its path, as Node needs several milliseconds to find a
 * package. While the snapshot is made something stands for it: a store of this version with nothing in it. So the functions that ask a store run once, and the
 * snapshot keeps them compiled.
 */
const BINDING = /better-sqlite3\/lib\/binding\.js$/;
const LOAD_BINDING = `const { existsSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { startupSnapshot } = require("node:v8");
const HISTORY = ${JSON.stringify(sqliteMigrations.map((each) => ({ ...each, sql: "", checksum: checksum(each), program: "" })))};
class RehearsedStatement {
  constructor(sql) {
    this.sql = sql;
    this.reader = !/^(?:begin|commit|rollback|insert|update|delete)/i.test(sql);
  }
  all() {
    if (this.sql.includes("pragma_table_info")) return [{ name: "writable_from" }];
    return this.sql.includes("from tb_store_migration") ? HISTORY : [];
  }
  get() { return /^pragma user_version/i.test(this.sql) ? HISTORY.at(-1).number : this.all()[0]; }
  run() { return { changes: 0, lastInsertRowid: 0 }; }
  pluck() { return this; }
}
class RehearsedDatabase {
  prepare(sql) { return new RehearsedStatement(sql); }
  exec() {}
  close() {}
}
let addon;
const load = () => {
  const folder = join(dirname(dirname(__filename)), "node_modules/better-sqlite3");
  const prebuilt = join(folder, "prebuilds", "linux-" + process.arch + ".node");
  if (!existsSync(prebuilt)) return process.getBuiltinModule("node:module").createRequire(__filename)("better-sqlite3/lib/binding.js").getBinding();
  const loaded = { exports: {} };
  process.dlopen(loaded, prebuilt);
  return loaded.exports;
};
exports.getBinding = () =>
  startupSnapshot.isBuildingSnapshot() ? { Database: RehearsedDatabase, initialize() {} } : (addon ??= load());
`;

/** Modules of which the snapshot holds nothing: servers, terminals and archives, which few processes need. Their chunks stand in a second file, read as a whole. */
const ASIDE =
  /\/src\/(?:cli\/commands\/(?:init|serve|store\/\w+)|store\/backends\/postgres-open|cli\/server\/(?:api-client|http-server))\.ts$/;
/** An upgrade replaces the second file under runners that go on: a runner asks for nothing in it but the second of these, at its beginning. It runs no other command. */
const RUNNER = /\/src\/compose\/runner\.ts$/;
const NOT_LATER = /\/src\/(?:store\/backends\/postgres-open|cli\/.*)\.ts$/;

const ENTRY = "./snapshot.js";
const REST = "snapshot-rest.cjs";

/** Calls the function of a chunk when it is first asked for. Modules of Node are another matter. */
const LOAD = `const loaded = { "${ENTRY}": { exports: {} } };
let rest;
const load = (name) => {
  if (!name.startsWith("./")) return require(name);
  if (loaded[name] === undefined) {
    const make = inside[name] ?? (rest ??= process.getBuiltinModule("node:module").createRequire(__filename)("./${REST}"))[name];
    loaded[name] = { exports: {} };
    make(loaded[name].exports, load, loaded[name], __filename, __dirname);
  }
  return loaded[name].exports;
};`;

/**
 * Makes of the chunks of a bundle one script of which a startup snapshot of V8 can be made: `node --snapshot-blob FILE --build-snapshot SCRIPT`. Each chunk is a
 * function in it: nothing of a chunk that was never asked for is in memory but its text.
 */
export function snapshotRules(): Plugin {
  return {
    name: "snapshot-rules",
    load: (id) => (BINDING.test(id) ? LOAD_BINDING : undefined),
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((each) => each.type === "chunk");
      const reached = reachedFrom(chunks, (each) => each.isEntry, ASIDE);
      for (const needed of reachedFrom(chunks, ({ moduleIds }) => moduleIds.some((id) => RUNNER.test(id)), NOT_LATER))
        if (!reached.has(needed))
          throw new Error(`a runner may ask for ${needed.fileName}, which is not in the snapshot`);
      const entry = chunks.find((each) => each.isEntry);
      if (entry === undefined) throw new Error("the bundle has no beginning");
      const functionsOf = (list: readonly OutputChunk[]): string =>
        `{\n${list.map(({ fileName, code }) => `"./${fileName}": function (exports, require, module, __filename, __dirname) {\n${code}\n}`).join(",\n")}\n}`;
      const inside = functionsOf(chunks.filter((each) => each !== entry && reached.has(each)));
      const aside = functionsOf(chunks.filter((each) => !reached.has(each)));
      for (const { fileName } of chunks) if (fileName !== entry.fileName) delete bundle[fileName];
      entry.code = finished(
        `${REQUIRE}\nconst inside = ${inside};\n${LOAD}\n(function (exports, require, module) {\n${entry.code}\n})(loaded["${ENTRY}"].exports, load, loaded["${ENTRY}"]);\n`,
      );
      this.emitFile({ type: "asset", fileName: REST, source: finished(`module.exports = ${aside};\n`) });
    },
  };
}

/** The chunks that some of them may ask for, at once or later; what these modules bring is left out, unless others ask for it, too. */
function reachedFrom(
  chunks: readonly OutputChunk[],
  isFirst: (chunk: OutputChunk) => boolean,
  left: RegExp,
): ReadonlySet<OutputChunk> {
  const reached = new Set(chunks.filter(isFirst));
  for (const { imports, dynamicImports } of reached) {
    for (const chunk of chunks) {
      const isLeft = chunk.moduleIds.some((id) => left.test(id));
      if (imports.includes(chunk.fileName) || (dynamicImports.includes(chunk.fileName) && !isLeft)) reached.add(chunk);
    }
  }
  return reached;
}

/** Names of functions and classes stay, as they are what a stack trace shows. */
function finished(text: string): string {
  const { code, errors } = minifySync("snapshot.js", text, {
    module: false,
    compress: true,
    mangle: { toplevel: false, keepNames: true },
  });
  if (errors.length > 0) throw new Error(`the snapshot's script cannot be minified: ${errors[0]?.message ?? ""}`);
  // V8 keeps a text with one other character in twice the memory, and the snapshot holds the whole text.
  if (/String\.raw`[^`]*[^\0-\x7F]/.test(code)) throw new Error("a raw text has a character that is not ASCII");
  return code.replaceAll(/[^\0-\x7F]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
