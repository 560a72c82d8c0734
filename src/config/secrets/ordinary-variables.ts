/** Every program needs these; a target that names one of them does not take it from the others, and their values are no secrets. */
export const ORDINARY =
  /^(PATH|HOME|USER|LOGNAME|SHELL|PWD|TERM|HOSTNAME|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|XDG_\w+|SSH_AUTH_SOCK|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|(https?|ftp|all|no)_proxy)$/i;
