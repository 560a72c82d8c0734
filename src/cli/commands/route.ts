import { readFileSync } from "node:fs";
import { readConfig } from "../../compose/app.ts";
import { FraisierError, PermissionDenied, UsageError } from "../../domain/errors.ts";
import { isDenied } from "../../domain/is-denied.ts";
import { targetName } from "../../domain/fraise.ts";
import { forges } from "../../forges/index.ts";
import { createRouter, describeWish } from "../../routing/route.ts";
import { forgeByHeaders } from "../../webhooks/choose-forge.ts";
import type { Invocation } from "../command-entry.ts";
import { harmless } from "../../domain/harmless.ts";
import { forgeNames, forgeUnder } from "../forges/instances-of.ts";

interface Options {
  readonly event?: string;
  readonly forge?: string;
  readonly headers?: string;
}

export async function run({ options, print }: Invocation<Options>): Promise<number> {
  if (options.event === undefined)
    throw new UsageError("which delivery?", { hint: "fraisier route --event FILE [--forge NAME] [--headers FILE]" });
  const config = await readConfig(options.config);
  const headers = options.headers === undefined ? {} : readHeaders(options.headers);
  const configured = Object.keys(config.forges);
  const name = options.forge ?? (options.headers === undefined && configured.length === 1 ? configured[0] : undefined);
  const sender = name === undefined ? forgeByHeaders(headers, forges)?.name : name;
  const named = sender === undefined ? undefined : forgeUnder(sender, config);
  if (named === undefined) {
    throw new UsageError(name === undefined ? "which forge sent it?" : `no forge is called ${name}`, {
      hint: `--forge is one of ${forgeNames(config).join(", ")}.`,
    });
  }
  const { forge } = named;
  const reading = await forge.parse({
    headers: { "content-type": "application/json", ...PUSH_HEADERS, ...headers },
    body: read(options.event),
  });
  const proposals = createRouter(config.targets)(named.name, reading);
  const rows = proposals.map((proposal) => ({
    target: proposal.target === undefined ? "" : targetName(proposal.target),
    decision: proposal.kind === "wish" ? "deploy" : proposal.decision,
    reason: proposal.kind === "wish" ? describeWish(proposal) : proposal.reason,
    revision: proposal.kind === "wish" ? proposal.wanted.revision : proposal.revision,
  }));
  if (print.isJson) print.json({ forge: named.name, event: reading.name, signature: "not checked", proposals: rows });
  else {
    print.line(
      `${forge.title}, event ${harmless(reading.name)}; the signature is not checked here, and the queue not asked`,
    );
    print.table(
      ["TARGET", "DECISION", "WHY"],
      rows.map((row) => [row.target, row.decision, harmless(row.reason)]),
    );
  }
  return 0;
}

/** Without a headers file the body is taken for a push, whose event some forges name only there. */
const PUSH_HEADERS: Readonly<Record<string, string>> = {
  "x-github-event": "push",
  "x-gitlab-event": "Push Hook",
  "x-gitea-event": "push",
  "x-event-key": "repo:push",
  "x-fraisier-event": "push",
};

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if (isDenied(error)) throw new PermissionDenied(`this user may not read ${file}`, { cause: error });
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`, {
      cause: error,
    });
  }
}

function readHeaders(file: string): Record<string, string> {
  try {
    const given = JSON.parse(read(file).toString("utf8")) as Record<string, unknown>;
    return Object.fromEntries(Object.entries(given).map(([name, value]) => [name.toLowerCase(), String(value)]));
  } catch (error) {
    if (error instanceof FraisierError) throw error;
    throw new UsageError(`${file} is not a JSON object of headers`, { cause: error });
  }
}
