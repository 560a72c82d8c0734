import { createHmac, randomBytes, randomUUID } from "node:crypto";

export const REPOSITORY = "acme/shop";
export const BRANCH = "main";

/** One pushed commit, or room for it: filled in place where the requests must be many and cheap. */
export interface Push {
  /** 40 hex digits: what the branch points to now. */
  readonly revision: string;
  /** X-GitHub-Delivery. */
  readonly delivery: string;
}

const ROOM: Push = { revision: "a5".repeat(20), delivery: "00000000-0000-4000-8000-000000000000" };
const SIGNATURE_ROOM = "0".repeat(64);

/** Whole HTTP requests, one after the other in one buffer: each a push of its own commit under its own delivery id, signed by itself. */
export interface PushRequests {
  readonly bytes: Buffer;
  /** Of each request, head and body. */
  readonly requestBytes: number;
  readonly bodyBytes: number;
}

/** @param count how many; 10,000 take some 85 MB. */
export function pushRequests(count: number, path: string, secret: string): PushRequests {
  const body = Buffer.from(pushBody(ROOM));
  const head = Buffer.from(requestHead(path, body.byteLength));
  const template = Buffer.concat([head, body]);
  const revisionPlaces = placesOf(template, ROOM.revision);
  const deliveryPlace = head.indexOf(ROOM.delivery);
  const signaturePlace = head.indexOf(SIGNATURE_ROOM);
  const bytes = Buffer.allocUnsafe(count * template.byteLength);
  for (let index = 0; index < count; index++) {
    const request = bytes.subarray(index * template.byteLength, (index + 1) * template.byteLength);
    template.copy(request);
    const revision = randomBytes(20).toString("hex");
    for (const place of revisionPlaces) request.write(revision, place, "latin1");
    request.write(randomUUID(), deliveryPlace, "latin1");
    const signature = createHmac("sha256", secret).update(request.subarray(head.byteLength)).digest("hex");
    request.write(signature, signaturePlace, "latin1");
  }
  return { bytes, requestBytes: template.byteLength, bodyBytes: body.byteLength };
}

function placesOf(text: Buffer, wanted: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) places.push(at);
  return places;
}

/** The headers GitHub sends, in its order. */
function requestHead(path: string, bodyBytes: number): string {
  return [
    `POST ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "User-Agent: GitHub-Hookshot/a1b2c3d",
    `Content-Length: ${bodyBytes}`,
    "Accept: */*",
    "Content-Type: application/json",
    `X-GitHub-Delivery: ${ROOM.delivery}`,
    "X-GitHub-Event: push",
    "X-GitHub-Hook-ID: 292430182",
    "X-GitHub-Hook-Installation-Target-ID: 79929171",
    "X-GitHub-Hook-Installation-Target-Type: repository",
    `X-Hub-Signature-256: sha256=${SIGNATURE_ROOM}`,
    "\r\n",
  ].join("\r\n");
}

/** A push of one commit in the shape of https://docs.github.com/webhooks/webhook-events-and-payloads#push, all its links included. */
export function pushBody({ revision }: Pick<Push, "revision">): string {
  const person = { name: "Ann Example", email: "ann@example.com", username: "ann" };
  const commit = {
    id: revision,
    tree_id: "f9d2a07e9488b91af2641b26b9407fe22a451433",
    distinct: true,
    message: "Prices with taxes\n\nThe cart shows what people pay, and says which part of it is tax.",
    timestamp: "2026-03-14T09:26:53+01:00",
    url: `https://github.com/${REPOSITORY}/commit/${revision}`,
    author: person,
    committer: person,
    added: ["services/api/src/taxes.ts", "services/api/test/taxes.test.ts"],
    removed: [],
    modified: ["services/api/src/cart.ts", "services/api/src/prices.ts", "CHANGELOG.md"],
  };
  return JSON.stringify({
    ref: `refs/heads/${BRANCH}`,
    before: "6113728f27ae82c7b1a177c8d03f9e96e0adf246",
    after: revision,
    repository: repository(),
    pusher: { name: "ann", email: "ann@example.com" },
    organization: {
      ...account("acme", 6811672, [
        "repos",
        "events",
        "hooks",
        "issues",
        "members{/member}",
        "public_members{/member}",
      ]),
      description: "Things people need",
    },
    sender: account("ann", 21031067, ACCOUNT_LINKS),
    created: false,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `https://github.com/${REPOSITORY}/compare/6113728f27ae...${revision}`,
    commits: [commit],
    head_commit: commit,
  });
}

const ACCOUNT_LINKS = [
  "followers",
  "following{/other_user}",
  "gists{/gist_id}",
  "starred{/owner}{/repo}",
  "subscriptions",
  "orgs",
  "repos",
  "events{/privacy}",
  "received_events",
];

const REPOSITORY_LINKS = [
  ..."forks keys{/key_id} collaborators{/collaborator} teams hooks issues/events{/number} events assignees{/user}".split(
    " ",
  ),
  ..."branches{/branch} tags git/blobs{/sha} git/tags{/sha} git/refs{/sha} git/trees{/sha} statuses/{sha} languages".split(
    " ",
  ),
  ..."stargazers contributors subscribers subscription commits{/sha} git/commits{/sha} comments{/number}".split(" "),
  ..."issues/comments{/number} contents/{+path} compare/{base}...{head} merges {archive_format}{/ref} downloads".split(
    " ",
  ),
  ..."issues{/number} pulls{/number} milestones{/number} notifications{?since,all} labels{/name} releases{/id}".split(
    " ",
  ),
  "deployments",
];

function account(login: string, id: number, links: readonly string[]): Record<string, unknown> {
  const url = `https://api.github.com/users/${login}`;
  return {
    login,
    id,
    node_id: "MDQ6VXNlcjIxMDMxMDY3",
    avatar_url: `https://avatars1.githubusercontent.com/u/${id}?v=4`,
    gravatar_id: "",
    url,
    html_url: `https://github.com/${login}`,
    ...Object.fromEntries(links.map((link) => [linkName(link), `${url}/${link}`])),
    type: "User",
    site_admin: false,
  };
}

function repository(): Record<string, unknown> {
  const url = `https://api.github.com/repos/${REPOSITORY}`;
  return {
    id: 186853002,
    node_id: "MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=",
    name: "shop",
    full_name: REPOSITORY,
    private: true,
    owner: account("acme", 6811672, ACCOUNT_LINKS),
    html_url: `https://github.com/${REPOSITORY}`,
    description: "What people buy, and what they pay for it",
    fork: false,
    url,
    ...Object.fromEntries(REPOSITORY_LINKS.map((link) => [linkName(link), `${url}/${link}`])),
    created_at: 1557933565,
    updated_at: "2026-03-14T08:20:41Z",
    pushed_at: 1773476813,
    git_url: `git://github.com/${REPOSITORY}.git`,
    ssh_url: `git@github.com:${REPOSITORY}.git`,
    clone_url: `https://github.com/${REPOSITORY}.git`,
    svn_url: `https://github.com/${REPOSITORY}`,
    homepage: null,
    size: 4821,
    stargazers_count: 3,
    watchers_count: 3,
    language: "TypeScript",
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: false,
    has_pages: false,
    forks_count: 1,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: 12,
    license: null,
    default_branch: BRANCH,
    master_branch: BRANCH,
  };
}

function linkName(link: string): string {
  return `${link.replaceAll(/[^a-z_/]*\{.*$/g, "").replaceAll("/", "_") || "archive"}_url`;
}
