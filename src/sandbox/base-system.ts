import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** A file or folder of this machine that every sandbox shows, read-only, or a link that it has as well. */
export type SystemPart = { readonly path: string } | { readonly path: string; readonly linksTo: string };

/** Folders of programs and libraries. On most machines all but the first are links into it. */
const PROGRAMS = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];

/**
 * The part of /etc that programs need to run: names, certificates, the linker, interpreters. Each is world-readable by its purpose. A `*` stands for
 * every name of that folder. Settings that may hold passwords (npmrc, pip.conf, my.cnf, gitconfig) and private keys (ssl/private) are not here.
 */
const SETTINGS = [
  "alternatives",
  "ca-certificates",
  "ca-certificates.conf",
  "crypto-policies",
  "debian_version",
  "fonts",
  "gai.conf",
  "host.conf",
  "hosts",
  "inputrc",
  "java*",
  "ld.so.cache",
  "ld.so.conf",
  "ld.so.conf.d",
  "locale.alias",
  "locale.conf",
  "localtime",
  "lsb-release",
  "magic",
  "magic.mime",
  "mailcap",
  "mime.types",
  "networks",
  "nsswitch.conf",
  "os-release",
  "perl",
  "php/*/cli",
  "php/*/mods-available",
  "pki/ca-trust",
  "pki/tls/cert.pem",
  "pki/tls/certs",
  "pki/tls/openssl.cnf",
  "postgresql-common",
  "protocols",
  "python*",
  "redhat-release",
  "resolv.conf",
  "rpc",
  "services",
  "ssl/cert.pem",
  "ssl/certs",
  "ssl/openssl.cnf",
  "terminfo",
  "timezone",
  "xattr.conf",
];

/** Clients look for sockets of databases below /var/run. */
const RUN_LINK: SystemPart = { path: "/var/run", linksTo: "/run" };

/** The parts of it that this machine has now. */
export function baseSystem(): readonly SystemPart[] {
  return [
    ...PROGRAMS.flatMap(programPart),
    RUN_LINK,
    ...SETTINGS.flatMap((pattern) => expand("/etc", pattern.split("/"))),
  ];
}

function programPart(path: string): readonly SystemPart[] {
  const kind = lstatSync(path, { throwIfNoEntry: false });
  if (kind === undefined) return [];
  return [kind.isSymbolicLink() ? { path, linksTo: readlinkSync(path) } : { path }];
}

function expand(folder: string, [name = "", ...rest]: readonly string[]): readonly SystemPart[] {
  const pattern = new RegExp(`^${name.replaceAll(".", "\\.").replaceAll("*", ".*")}$`);
  const names = name.includes("*") ? namesIn(folder).filter((each) => pattern.test(each)) : [name];
  return names.flatMap((each) => {
    const path = join(folder, each);
    if (rest.length > 0) return expand(path, rest);
    return lstatSync(path, { throwIfNoEntry: false }) === undefined ? [] : [{ path }];
  });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Not on this machine, or not for this user: then the sandbox has none of it.
    return [];
  }
}
