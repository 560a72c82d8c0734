import { createHmac } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { CLOSED_PATHS } from "../../src/domain/public-paths.ts";
import { seededRandom } from "../helpers/random.ts";
import type { Random } from "../helpers/random.ts";
import { rawAnswer } from "../helpers/raw-socket.ts";
import { createScenario } from "../helpers/scenario.ts";
import type { Scenario } from "../helpers/scenario.ts";
import { reportAttacks } from "./attack-report.ts";

const isLong = process.env["FRAISIER_TEST_ALL"] !== undefined;
const MUTATIONS = isLong ? 20_000 : 1_500;
const SEED = Number(process.env["FRAISIER_ATTACK_SEED"] ?? 20_261_121);
const AT_ONCE = 16;

/** A push to a branch that no target has: it is accepted, and nothing is deployed. */
const BODY = JSON.stringify({
  repository: "acme/shop",
  ref: "refs/heads/nowhere",
  before: "0".repeat(40),
  after: "1".repeat(40),
  pusher: "ann",
  message: "",
});

interface Case {
  readonly name: string;
  readonly bytes: readonly (string | Uint8Array)[];
  /** The status of each answer; an empty list: none but 4xx and 503. */
  readonly statuses: readonly number[];
}

/** The parts of a request, each as it goes over the wire unless a case says otherwise. */
function shapes(secret: string) {
  const hmac = (body: string | Uint8Array): string =>
    `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const signature = (body: string | Uint8Array = BODY): string => `X-Fraisier-Signature: ${hmac(body)}`;
  const length = (body: string | Uint8Array = BODY): string => `Content-Length: ${body.length}`;
  const USUAL = ["Host: x", "X-Fraisier-Event: push", "Content-Type: application/json"];
  const head = (...lines: readonly string[]): string => `${lines.join("\r\n")}\r\n\r\n`;
  const post = (lines: readonly string[], line = "POST /webhook/git HTTP/1.1"): string =>
    head(line, ...USUAL, ...lines);
  const chunked = (body = BODY): string => `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
  return { hmac, signature, length, post, head, chunked, USUAL };
}

function framing(secret: string): readonly Case[] {
  const { signature, length, post, head, chunked, USUAL } = shapes(secret);
  const end = "Connection: close";
  const refused = (name: string, ...bytes: readonly (string | Uint8Array)[]): Case => ({ name, bytes, statuses: [] });
  const framed = (name: string, lines: readonly string[], rest = BODY): Case =>
    refused(name, post([signature(), ...lines, end]), rest);
  const genuine = post([signature(), length()]) + BODY;
  const health = "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  return [
    framed("both lengths, chunked last", [length(), "Transfer-Encoding: chunked"], chunked() + health),
    framed("both lengths, chunked first", ["Transfer-Encoding: chunked", length()], chunked() + health),
    framed("two lengths that differ", [length(), "Content-Length: 0"], BODY),
    framed("two equal lengths", [length(), length()]),
    framed("a list of lengths", [`Content-Length: ${BODY.length}, ${BODY.length}`]),
    framed("a length with a sign", [`Content-Length: +${BODY.length}`]),
    framed("a negative length", ["Content-Length: -1"]),
    framed("a length in hexadecimal digits", [`Content-Length: 0x${BODY.length.toString(16)}`]),
    framed("a length with a letter", [`Content-Length: ${BODY.length}a`]),
    framed("a length beyond 64 bits", ["Content-Length: 99999999999999999999999999"]),
    framed("an empty length", ["Content-Length:"]),
    framed("a blank before the colon of the length", [`Content-Length : ${BODY.length}`]),
    framed("a blank before the colon of the coding", ["Transfer-Encoding : chunked"], chunked()),
    framed("a folded coding", ["Transfer-Encoding:\r\n chunked"], chunked()),
    framed("a tab before the name of the coding", ["X: y", "\tTransfer-Encoding: chunked"], chunked()),
    framed("a coding that is not chunked", ["Transfer-Encoding: xchunked"], chunked()),
    framed("identity after chunked", ["Transfer-Encoding: chunked, identity"], chunked()),
    framed("chunked twice", ["Transfer-Encoding: chunked, chunked"], chunked()),
    framed("a coding in quotes", ['Transfer-Encoding: "chunked"'], chunked()),
    framed("gzip, then chunked", ["Transfer-Encoding: gzip, chunked"], chunked()),
    framed("a vertical tab before chunked", ["Transfer-Encoding: \u000bchunked"], chunked()),
    framed("two lines with codings", ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"], chunked()),
    framed("a chunk with a sign", ["Transfer-Encoding: chunked"], `+${chunked()}`),
    framed("a chunk of 0x", ["Transfer-Encoding: chunked"], `0x${chunked()}`),
    framed("a chunk that is negative", ["Transfer-Encoding: chunked"], `-5\r\n${BODY}\r\n0\r\n\r\n`),
    framed("a chunk beyond 64 bits", ["Transfer-Encoding: chunked"], `ffffffffffffffffff\r\n${BODY}\r\n0\r\n\r\n`),
    framed("a chunk that is longer than it says", ["Transfer-Encoding: chunked"], `2\r\n${BODY}\r\n0\r\n\r\n`),
    framed("chunks with bare line feeds", ["Transfer-Encoding: chunked"], chunked().replaceAll("\r\n", "\n")),
    framed("extensions of a chunk without end", ["Transfer-Encoding: chunked"], `5;${"x=y;".repeat(10_000)}`),
    refused(
      "the signature in a trailer",
      post(["Transfer-Encoding: chunked", "Trailer: X-Fraisier-Signature", end]),
      `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n${signature()}\r\n\r\n`,
    ),
    framed("a length that is too short", [`Content-Length: ${BODY.length - 1}`]),
    framed("a length that is too long", [`Content-Length: ${BODY.length + 1}`]),
    framed("no length at all", []),
    refused("bare line feeds", post([signature(), length(), end]).replaceAll("\r\n", "\n"), BODY),
    refused("bare carriage returns", post([signature(), length(), end]).replaceAll("\r\n", "\r"), BODY),
    refused("a NUL in the path", post([signature(), length(), end], "POST /webhook/git\0 HTTP/1.1"), BODY),
    refused("a NUL in a header", post(["X: a\0b", signature(), length(), end]), BODY),
    refused("a NUL in the name of a header", post(["X\0Y: a", signature(), length(), end]), BODY),
    refused(
      "a control character in the method",
      post([signature(), length(), end], "PO\u0001ST /webhook/git HTTP/1.1"),
      BODY,
    ),
    refused("a method in small letters", post([signature(), length(), end], "post /webhook/git HTTP/1.1"), BODY),
    refused("a version that there is not", post([signature(), length(), end], "POST /webhook/git HTTP/9.9"), BODY),
    refused("HTTP/0.9", "GET /health\r\n"),
    refused("the beginning of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    refused("the beginning of TLS", Buffer.from("16030100c8010000c40303", "hex"), Buffer.alloc(200, 7)),
    refused("no Host", head("POST /webhook/git HTTP/1.1", ...USUAL.slice(1), signature(), length(), end), BODY),
    refused("a Host that is none", post([signature(), length(), end]).replace("Host: x", "Host: a b/../@"), BODY),
    refused("CONNECT", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: x\r\n\r\n"),
    refused("TRACE", "TRACE /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
    refused("GET with a signed body", post([signature(), length(), end], "GET /webhook/git HTTP/1.1"), BODY),
    refused(
      "a method that a header overrides",
      post(["X-HTTP-Method-Override: POST", signature(), length(), end], "PUT /webhook/git HTTP/1.1"),
      BODY,
    ),
    refused("an unknown expectation", post(["Expect: 200-ok", length(), end])),
    refused("an upgrade", post(["Connection: Upgrade", "Upgrade: websocket", length()]), BODY),
    refused("10,000 short headers", post([...Array<string>(10_000).fill("a:b"), signature(), length(), end]), BODY),
    refused("a megabyte of one header", post([`X: ${"x".repeat(2 ** 20)}`, signature(), length(), end]), BODY),
    refused("a path of 70,000 letters", `GET /${"a".repeat(70_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
    { name: "the same, genuine", bytes: [post([signature(), length(), end]), BODY], statuses: [200] },
    {
      name: "genuine in chunks",
      bytes: [post([signature(), "Transfer-Encoding: chunked", end]), chunked()],
      statuses: [200],
    },
    {
      name: "genuine, byte by byte",
      bytes: [...Buffer.from(post([signature(), length(), end]) + BODY)].map((byte) => Buffer.of(byte)),
      statuses: [200],
    },
    {
      name: "genuine between two forged ones in one packet",
      bytes: [post([length()]) + BODY + genuine + post([length(), end]) + BODY],
      statuses: [401, 200, 401],
    },
    {
      name: "many requests in one packet",
      bytes: ["GET /health HTTP/1.1\r\nHost: x\r\n\r\n".repeat(49) + health],
      statuses: Array<number>(50).fill(200),
    },
    {
      name: "HTTP/1.0 with a Host",
      bytes: [post([signature(), length()], "POST /webhook/git HTTP/1.0"), BODY],
      statuses: [200],
    },
  ];
}

function credentials(secret: string): readonly Case[] {
  const { hmac, signature, length, post } = shapes(secret);
  const end = "Connection: close";
  const wrong = `sha256=${"0".repeat(64)}`;
  const refused = (name: string, lines: readonly string[], body: string | Uint8Array = BODY): Case => ({
    name,
    bytes: [post([...lines, length(body), end]), body],
    statuses: [],
  });
  const bomb = gzipSync(Buffer.alloc(20 * 2 ** 20));
  return [
    refused("a right and a wrong signature", [signature(), `X-Fraisier-Signature: ${wrong}`]),
    refused("a wrong and a right signature", [`X-Fraisier-Signature: ${wrong}`, signature()]),
    refused("the right signature twice", [signature(), signature()]),
    refused("a signature under a name with underscores", [signature().replaceAll("-", "_")]),
    refused("a signature in a cookie", [`Cookie: X-Fraisier-Signature=${hmac(BODY)}`]),
    refused("a signature in the header of GitHub", [`X-Hub-Signature-256: ${hmac(BODY)}`]),
    refused("the secret itself as a token", [`Authorization: Bearer ${secret}`, `X-Gitlab-Token: ${secret}`]),
    refused("a signature of the empty body", [`X-Fraisier-Signature: ${hmac("")}`]),
    refused("a signature of another body", [`X-Fraisier-Signature: ${hmac(`${BODY} `)}`]),
    ...["gzip", "GZIP", "deflate", "br", "zstd", "gzip, identity", "identity, gzip", "x-gzip", "compress"].map(
      (coding) =>
        refused(`20 MB in ${bomb.length} bytes as ${coding}`, [signature(bomb), `Content-Encoding: ${coding}`], bomb),
    ),
    refused("a body of brackets", [signature("[".repeat(200_000))], "[".repeat(200_000)),
    refused("a body of NULs", [signature("\0".repeat(2_000))], "\0".repeat(2_000)),
    ...["text/html", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"].map((type): Case => ({
      name: `a signed body as ${type}`,
      bytes: [post([signature(), length(), end]).replace("application/json", type), BODY],
      statuses: [],
    })),
  ];
}

/** Other ways to write paths: none of them may open a closed one, or be taken for a webhook's. */
function paths(): readonly Case[] {
  const closed = CLOSED_PATHS.flatMap((path) => [
    path,
    `/.${path}`,
    `/x/..${path}`,
    `/${path}`,
    path.toUpperCase(),
    path.replaceAll("/", "%2f"),
    path.replaceAll("/", "\\"),
    path.replace("s", "%73"),
    `${path};x`,
    `${path}%00`,
    `${path}?a=%`,
    `/webhook/..%2f..${path}`,
    `http://127.0.0.1${path}`,
  ]);
  const get = (path: string, ...lines: readonly string[]): string =>
    `${[`GET ${path} HTTP/1.1`, "Host: x", ...lines, "Connection: close"].join("\r\n")}\r\n\r\n`;
  return [
    ...closed.map((path): Case => ({ name: `GET ${path}`, bytes: [get(path)], statuses: [] })),
    ...["X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Path"].map((header): Case => ({
      name: `a closed path in ${header}`,
      bytes: [get("/nothing", `${header}: /_deploy/status`)],
      statuses: [],
    })),
    ...["127.0.0.1", "localhost", "::1"].map((from): Case => ({
      name: `a closed path, forwarded for ${from}`,
      bytes: [get("/_deploy/status", `X-Forwarded-For: ${from}`, `X-Real-IP: ${from}`, `Forwarded: for=${from}`)],
      statuses: [],
    })),
    ...[
      "/webhook/__proto__",
      "/webhook/constructor",
      "/webhook/%ff",
      "/webhook/%",
      "/webhook//git",
      "/webhook/git/x",
    ].map((path): Case => ({ name: `GET ${path}`, bytes: [get(path)], statuses: [] })),
  ];
}

/** A forged delivery in which a few bytes went wrong. */
function mutated(random: Random): Buffer {
  const lines = [
    random.pick(["POST /webhook/git HTTP/1.1", "POST /webhook HTTP/1.1", "GET /_deploy/status HTTP/1.1"]),
    "Host: x",
    "X-Fraisier-Event: push",
    `X-Fraisier-Signature: sha256=${"0".repeat(64)}`,
    random.pick([`Content-Length: ${BODY.length}`, "Transfer-Encoding: chunked"]),
    "Connection: close",
  ];
  const isChunked = lines[4]?.startsWith("Transfer") === true;
  const text = `${lines.join("\r\n")}\r\n\r\n${isChunked ? `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n` : BODY}`;
  let bytes = Buffer.from(text);
  for (let i = 0; i <= random.below(4); i++) {
    const at = random.below(bytes.length);
    const insert = Buffer.from(
      random.pick(["\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", ";", "0", "-", "\u00ff", "chunked", "\r\n\r\n", "%"]),
      "latin1",
    );
    const removed = random.below(3);
    bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + removed)]);
  }
  return bytes;
}

interface Found {
  readonly accepted: string[];
  readonly crashes: string[];
  readonly secrets: string[];
  readonly others: string[];
}

const found = (): Found => ({ accepted: [], crashes: [], secrets: [], others: [] });

async function send(scenario: Scenario, one: Case, into: Found): Promise<void> {
  // A refusal may be silence; what was accepted without an answer has a row.
  const patience = one.statuses.length > 0 ? { ms: 30_000 } : { ms: 2_000, halfAfterMs: 200 };
  const answer = await rawAnswer(scenario.url, one.bytes, patience);
  const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  const what = `${one.name}: ${statuses.join(", ")}`;
  if (answer.includes(scenario.secret)) into.secrets.push(what);
  if (statuses.some((status) => status >= 500 && status !== 503)) into.crashes.push(what);
  const isRefusal = one.statuses.length === 0;
  if (isRefusal && statuses.some((status) => status < 400 && status !== 100)) into.accepted.push(what);
  if (!isRefusal && statuses.join() !== one.statuses.join()) into.others.push(what);
}

async function sendAll(scenario: Scenario, cases: readonly Case[], into: Found): Promise<void> {
  for (let i = 0; i < cases.length; i += AT_ONCE)
    await Promise.all(cases.slice(i, i + AT_ONCE).map((each) => send(scenario, each, into)));
}

describe("bytes on the wire", () => {
  it("are refused if they can be read in two ways or claim too much: nothing is accepted, crashes or is told", async () => {
    const scenario = await createScenario();
    await scenario.start();
    const pid = scenario.daemonPid();
    const into = found();
    const cases = [...framing(scenario.secret), ...credentials(scenario.secret), ...paths()];
    await sendAll(scenario, cases, into);
    const random = seededRandom(SEED);
    const mutations = Array.from({ length: MUTATIONS }, (_, number): Case => ({
      name: `mutation ${number} of seed ${SEED}`,
      bytes: [mutated(random)],
      statuses: [],
    }));
    await sendAll(scenario, mutations, into);
    if (scenario.daemonPid() !== pid || !(await fetch(`${scenario.url}/health`)).ok)
      into.crashes.push("the daemon ended");
    for (const [line] of scenario.daemonLog().matchAll(/^.*failed unexpectedly.*$/gm)) into.crashes.push(line);
    const genuine = cases.filter(({ name }) => name.includes("genuine") || name.startsWith("HTTP/1.0")).length;
    const rows = (await scenario.store.deliveries.history({ limit: 500 })).filter(({ verified }) => verified);
    // Equal bytes without an id of their own are one delivery and its redeliveries: each of them has a row.
    if (rows.length !== genuine) into.others.push(`${rows.length} verified rows, not ${genuine}`);
    reportAttacks({
      tried: cases.length + mutations.length,
      wronglyAccepted: into.accepted.length,
      crashes: into.crashes.length,
      secretsFound: into.secrets.length,
    });
    expect(into).toEqual(found());
  });
});

describe("headers that a proxy adds", () => {
  it("count, however many headers a stranger sends before them", async () => {
    const scenario = await createScenario({
      forges: "github: { webhook_secret: the-secret-of-the-forge-0123456789, allow_from: [192.0.2.0/24] }",
      server: "trusted_proxies: [127.0.0.1]",
    });
    await scenario.start();
    const own = ["Host: x", "X-GitHub-Event: push", "Content-Length: 2", "X-Forwarded-For: 192.0.2.77"];
    const filler = Array<string>(2_100).fill("a:b");
    const head = ["POST /webhook/github HTTP/1.1", ...own, ...filler, "X-Forwarded-For: 198.51.100.7"].join("\r\n");
    const answer = await rawAnswer(scenario.url, [`${head}\r\n\r\n{}`], { headOnly: true });
    const isRefused = /^HTTP\/1\.1 (403|431)/.test(answer);
    reportAttacks({ tried: 1, wronglyAccepted: isRefused ? 0 : 1, crashes: 0, secretsFound: 0 });
    expect(answer).toMatch(/^HTTP\/1\.1 (403|431)/);
  });
});
