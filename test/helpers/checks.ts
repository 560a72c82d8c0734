import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { families } from "../../src/compose/app.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { CheckResult } from "../../src/domain/verification.ts";
import { localHost } from "../../src/host/local-host.ts";
import { runSuite } from "../../src/verifying/run-suite.ts";
import type { SuiteContext } from "../../src/verifying/run-suite.ts";
import { temporaryFolder } from "./temporary.ts";

interface Surroundings extends Partial<SuiteContext> {
  readonly baseUrl?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** Runs checks as fraises.yaml writes them (a YAML flow map each) on this machine. */
export async function runChecks(
  checks: readonly string[],
  { baseUrl = "http://127.0.0.1:1", variables = {}, ...context }: Surroundings = {},
): Promise<readonly CheckResult[]> {
  const suite = parseConfig(configWith(checks, baseUrl), "fraises.yaml", families, variables).targets[0]?.settings
    .verify;
  if (suite === undefined) throw new Error("no checks");
  return await runSuite(suite, {
    host: localHost(),
    commands: localHost().processes,
    service: undefined,
    restartedAt: undefined,
    folder: temporaryFolder(),
    env: { PATH: process.env["PATH"] ?? "" },
    user: undefined,
    signal: new AbortController().signal,
    log: () => undefined,
    ...context,
  });
}

/** The only check's result, in a few words: `failed: answers 500, not 200`. */
export async function runCheck(check: string, surroundings: Surroundings = {}): Promise<string> {
  const [result] = await runChecks([check], surroundings);
  return `${result?.status}: ${result?.seen}`;
}

function configWith(checks: readonly string[], baseUrl: string): string {
  return `git: { github: { webhook_secret: s3cret } }
fraises:
  api:
    type: api
    repository: acme/shop
    environments:
      production:
        branch: main
        app_path: /srv/shop
        systemd_service: shop.service
        verify:
          base_url: ${baseUrl}
          checks:
${checks.map((check) => `            - ${check}\n`).join("")}`;
}

/** A real web server until the test ends; gives its URL, without the last slash. */
export async function webServer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
