#!/usr/bin/env node
// An old Node can read this file: it imports the program only when the Node that runs it is new enough.
const OLDEST = 24;

if (Number(process.versions.node.split(".")[0]) < OLDEST) {
  process.stderr.write(
    `fraisier: fraisier needs Node ${OLDEST} or newer, but ${process.execPath} is Node ${process.versions.node}: install Node ${OLDEST}, or install fraisier from its Debian package or its tarball, which bring a Node of their own.\n`,
  );
  // EXIT.host of cli/exit-codes.ts: this machine cannot do it.
  process.exitCode = 3;
} else {
  const { start } = await import("./start.ts");
  await start();
}
