import { Hidden } from "./hidden.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Values by name, of a file of NAME=value lines. */
export type FileValues = Readonly<Record<string, string>>;

/** The variables that fraises.yaml may name. The process's own environment wins over files. Printed they are `***`. */
export class Variables extends Hidden {
  readonly #env: Environment;
  readonly #fromFiles: FileValues;
  /** The file that a missing variable belongs into. */
  readonly file: string | undefined;
  /** Files with variables that this user may not read: what is missing may stand there. */
  readonly closed: readonly string[];

  /** @param files values of files, the stronger ones last. */
  constructor(
    env: Environment,
    files: readonly FileValues[] = [],
    { file, closed = [] }: { readonly file?: string | undefined; readonly closed?: readonly string[] } = {},
  ) {
    super();
    this.#env = env;
    this.#fromFiles = Object.assign({}, ...files) as FileValues;
    this.file = file;
    this.closed = closed;
  }

  get(name: string): string | undefined {
    return this.#env[name] ?? (Object.hasOwn(this.#fromFiles, name) ? this.#fromFiles[name] : undefined);
  }

  /** All of them, for programs that get them as their environment. The process's environment is looked at now: HOME may have changed. */
  get values(): Environment {
    return { ...this.#fromFiles, ...this.#env };
  }

  /** The variables that stand in files: their values must not be printed. */
  get written(): FileValues {
    return this.#fromFiles;
  }

  /** All of them with a target's own variables, which win. */
  with(own: Environment): Variables {
    return new Variables({ ...this.#env, ...own }, [this.#fromFiles], this);
  }
}
