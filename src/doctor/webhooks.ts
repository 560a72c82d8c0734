import type { Config, WebhookSecrets } from "../config/config.ts";
import { isWithoutSecret } from "../config/secrets/secrets.ts";
import { ConfigError, PermissionDenied } from "../domain/errors.ts";
import { DOCTOR_HEADER } from "../domain/event.ts";
import { newId } from "../domain/id.ts";
import { messageOf } from "../domain/message-of.ts";
import type { Forge, ForgeSecrets } from "../forges/forge.ts";
import { needsPublicUrl } from "../forges/setup.ts";
import type { Answer } from "../host/requests.ts";
import { failed, fine, skipped, warned } from "./diagnosis.ts";
import type { Examination, Finding, Patient } from "./diagnosis.ts";
import { listenUrl } from "./listen-url.ts";

/** Sends a ping of each configured forge, signed with each set of secrets, to the URL that the forge calls. */
export const webhooks: Examination = {
  name: "webhooks",
  async examine(patient, signal) {
    const { config } = patient;
    if (config === undefined) return [skipped("webhooks", "fraises.yaml cannot be read")];
    const names = Object.keys(config.forges);
    if (names.length === 0) return [skipped("webhooks", "fraises.yaml names no forge below git:")];
    return (await Promise.all(names.map((name) => webhook(name, config, patient, signal)))).flat();
  },
};

async function webhook(
  name: string,
  config: Config,
  patient: Patient,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const settings = config.forges[name];
  const forge = patient.forges.find((each) => each.name === settings?.provider);
  if (settings === undefined || forge === undefined) return [];
  const check = `webhook ${name}`;
  const base = config.server.public_url ?? listenUrl(config);
  const url = `${base}/webhook/${name}`;
  const isShared = settings.secrets.length + settings.signing_tokens.length > 0;
  const findings = isWithoutSecret(config, name)
    ? [
        failed(
          check,
          `git.${name} has no secret: every delivery is refused`,
          `Set git.${name}.${forge.secretKeys[0] ?? "webhook_secret"} in ${config.file}.`,
        ),
      ]
    : [];
  const pings: readonly Ping[] = [
    ...(isShared ? [{ check, url, forge, secrets: settings }] : []),
    ...settings.repositories.map((own) => ({ check: `${check} ${own.repository}`, url, forge, secrets: own })),
  ];
  for (const ping of pings) findings.push(await pinged(ping, patient, signal));
  if (pings.length > 0 && config.server.public_url === undefined && needsPublicUrl(forge))
    findings.push(
      warned(
        check,
        `server.public_url is not set, and ${base} is an address of this machine alone`,
        `Set server.public_url in ${config.file} to the address that ${forge.title} calls.`,
      ),
    );
  return findings;
}

/** A ping of a forge, and the secrets that sign it. */
interface Ping {
  readonly check: string;
  readonly url: string;
  readonly forge: Forge;
  readonly secrets: WebhookSecrets;
}

async function pinged(
  { check, url, forge, secrets }: Ping,
  { host, now }: Patient,
  signal: AbortSignal,
): Promise<Finding> {
  const known = revealed(secrets);
  if (known === undefined) return skipped(check, "its secret is missing, or this user may not read it");
  const { headers, body } = forge.ping(known, newId(), now);
  try {
    const options = {
      method: "POST",
      headers: { ...headers, [DOCTOR_HEADER]: "ping" },
      body: Buffer.from(body).toString("utf8"),
      timeoutMs: 8_000,
      signal,
    };
    return pingState(check, url, await host.requests.send(url, options));
  } catch (error) {
    return failed(
      check,
      `a signed ping to ${url} got no answer: ${messageOf(error)}`,
      "Does the daemon run (sudo systemctl status fraisier), and does server.public_url lead to it: DNS, firewall, reverse proxy, certificate?",
    );
  }
}

function revealed({ secrets, signing_tokens: tokens }: WebhookSecrets): ForgeSecrets | undefined {
  try {
    return { secrets: secrets.map((each) => each.reveal()), signingTokens: tokens.map((each) => each.reveal()) };
  } catch (error) {
    if (error instanceof ConfigError || error instanceof PermissionDenied) return undefined;
    throw error;
  }
}

/** Pure: what the answer to a ping means. */
export function pingState(check: string, url: string, { status, body, headers }: Answer): Finding {
  if (status === 200 && isOurs(body)) return fine(check, `a signed ping to ${url} is accepted`);
  const said = body.slice(0, 200).replaceAll(/\s+/g, " ").trim();
  const seen = `a signed ping to ${url} is answered ${status}${said === "" ? "" : `: ${said}`}`;
  if (status === 401)
    return failed(check, seen, "The daemon knows another secret than this file: sudo systemctl reload fraisier.");
  if (status === 403)
    return warned(
      check,
      seen,
      "allow_from does not name the address of this machine, so only the forge's own test button can try this webhook.",
    );
  if (status >= 300 && status < 400)
    return failed(
      check,
      `${seen} (to ${headers["location"] ?? "nowhere"})`,
      "Forges do not follow redirects: set server.public_url to the last address.",
    );
  if (status === 502 || status === 503 || status === 504)
    return failed(
      check,
      seen,
      "The proxy does not reach the daemon, or the daemon cannot write its store: sudo systemctl status fraisier.",
    );
  return failed(
    check,
    seen,
    "Another program answers there: the reverse proxy must pass /webhook/ to server.listen unchanged.",
  );
}

function isOurs(body: string): boolean {
  try {
    return Array.isArray((JSON.parse(body) as { readonly decisions?: unknown } | null)?.decisions);
  } catch {
    return false;
  }
}
