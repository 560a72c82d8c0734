import { describe, expect, it } from "vitest";
import { mayPass } from "../../src/domain/retry.ts";
import { gitFailure, maskCredentials } from "../../src/host/git-failure.ts";

describe("the words of git", () => {
  it.each([
    ["https://ci:s3cret@example.com/x.git", "https://***@example.com/x.git"],
    ["https://token@example.com/x.git", "https://***@example.com/x.git"],
    ["https://ci:p@ss:word@example.com/x.git", "https://***@example.com/x.git"],
    ["ssh://git:pw@example.com/x.git", "ssh://***@example.com/x.git"],
    ["ssh://git@example.com/x.git", "ssh://git@example.com/x.git"],
    ["git@example.com:acme/shop.git", "git@example.com:acme/shop.git"],
    ["https://example.com/@scope/x", "https://example.com/@scope/x"],
  ])("shows no login: %s", (text, shown) => {
    expect(maskCredentials(`fatal: unable to access '${text}': refused`)).toBe(
      `fatal: unable to access '${shown}': refused`,
    );
  });

  it("is shortened to its last words, without progress and advice", () => {
    const stderr = [
      "remote: Enumerating objects: 5, done.",
      "Receiving objects:  50% (1/2)\rReceiving objects: 100% (2/2), done.",
      "hint: You could try harder",
      "remote: GitLab: you may not read this",
      "fatal: Authentication failed for 'https://ci:s3cret@example.com/x.git/'",
      "",
    ].join("\n");
    const failure = gitFailure("fetch of main", { exitCode: 128, stderr, ended: "by itself" });
    expect(failure.message).toBe(
      "fetch of main: remote: GitLab: you may not read this; fatal: Authentication failed for 'https://***@example.com/x.git/'",
    );
    expect(failure.hint).toContain("token");
  });

  it.each([
    ["DiskFull", "fatal: write error: No space left on device"],
    ["DiskFull", "error: unable to write file x.txt\nfatal: cannot create directory at 'a': Disk quota exceeded"],
    ["DiskFull", "fatal: write error: No space left on device\nfatal: early EOF\nfatal: index-pack failed"],
    ["DiskFailing", "error: unable to create temporary file: Read-only file system\nfatal: failed to write object"],
    ["DiskFailing", "fatal: mmap failed: Input/output error"],
  ])("is the machine's failure that may pass, and never the revision's: %s, %j", (name, stderr) => {
    const failure = gitFailure("fetch of main", { exitCode: 128, stderr, ended: "by itself" });
    expect(failure).toMatchObject({ name, exitCode: 3, hint: expect.stringContaining("disk") });
    expect(mayPass(failure)).toBe(true);
  });

  it.each([
    "fatal: unable to access 'https://example.com/x.git/': Could not resolve host: example.com",
    "fatal: unable to access 'https://example.com/x.git/': The requested URL returned error: 502",
    "fatal: unable to access 'https://example.com/x.git/': The requested URL returned error: 429",
    "fatal: unable to access 'https://example.com/x.git/': Recv failure: Connection reset by peer",
    "fatal: unable to access 'https://example.com/x.git/': Failed to connect to example.com port 443: Connection timed out",
    "fatal: unable to access 'https://example.com/x.git/': Empty reply from server",
    "fatal: unable to access 'https://example.com/x.git/': Operation too slow. Less than 1 bytes/sec transferred the last 120 seconds",
    "fatal: unable to access 'https://example.com/x.git/': gnutls_handshake() failed: The TLS connection was non-properly terminated.",
    "fatal: unable to access 'https://example.com/x.git/': OpenSSL SSL_read: SSL_ERROR_SYSCALL, errno 0",
    "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502\nfatal: the remote end hung up unexpectedly",
    "error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output",
    "error: 1024 bytes of body are still expected\nfetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF",
    "kex_exchange_identification: Connection closed by remote host\nfatal: Could not read from remote repository.",
    "ssh: connect to host example.com port 22: Connection timed out\nfatal: Could not read from remote repository.",
    "ssh: Could not resolve hostname example.com: Temporary failure in name resolution",
  ])("passes by itself, as far as anybody can tell: %j", (stderr) => {
    expect(gitFailure("fetch of main", { exitCode: 128, stderr, ended: "by itself" }).name).toBe("RemoteUnreachable");
  });

  it.each([
    "fatal: Authentication failed for 'https://example.com/x.git/'",
    "fatal: unable to access 'https://example.com/x.git/': The requested URL returned error: 403",
    "remote: Repository not found.\nfatal: repository 'https://example.com/x.git/' not found",
    "git@example.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
    "ERROR: Repository not found.\nfatal: Could not read from remote repository.",
    "Host key verification failed.\nfatal: Could not read from remote repository.",
    "remote: The project you were looking for could not be found or you don't have permission to view it.\nfatal: Could not read from remote repository.",
    "fatal: unable to access 'https://example.com/x.git/': SSL certificate problem: unable to get local issuer certificate",
    "Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures\nDisconnected\nfatal: the remote end hung up unexpectedly",
    "error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413\nfatal: the remote end hung up unexpectedly",
    "remote: error: GH013: Repository rule violations found\nerror: failed to push some refs to 'https://example.com/x.git'",
  ])("does not pass by itself: %j", (stderr) => {
    expect(gitFailure("fetch of main", { exitCode: 128, stderr, ended: "by itself" }).name).not.toBe(
      "RemoteUnreachable",
    );
  });

  it("may be nothing at all", () => {
    const failure = gitFailure("fetch of main", { exitCode: undefined, stderr: "", ended: "by itself" });
    expect(failure.message).toBe("fetch of main: git ended with a signal");
  });
});
