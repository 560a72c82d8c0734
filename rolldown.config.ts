import { defineConfig } from "rolldown";

/**
 * What is published: few files, each command loading only its own. Node takes three times as long to find and read the some five hundred small modules
 * of our packages one by one, and every command, and every deployment's runner, pays for it.
 */
export default defineConfig({
  input: { main: "src/main.ts", "inbox-thread": "src/webhooks/inbox-thread.ts" },
  platform: "node",
  // Has a native part, which finds itself by its own place.
  external: ["better-sqlite3"],
  output: { dir: "dist", format: "esm", cleanDir: true },
});
