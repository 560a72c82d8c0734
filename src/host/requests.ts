export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole exchange, body included. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** At most 1 MiB of it. */
  readonly body: string;
  readonly durationMs: number;
}

/** Outgoing HTTP. Redirects are not followed: a redirect is an answer. */
export interface Requests {
  /** Rejects when no answer came: the message says why in words (`connection refused`). */
  send(url: string, options: RequestOptions): Promise<Answer>;
}
