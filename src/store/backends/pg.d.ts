/** The parts of node-postgres that the store uses. */
declare module "pg" {
  import type { EventEmitter } from "node:events";

  export interface ClientConfig {
    readonly host: string;
    readonly port: number;
    readonly database: string;
    readonly user?: string | undefined;
    readonly password?: string | undefined;
    readonly ssl: false | Readonly<Record<string, unknown>>;
    readonly application_name: string;
    readonly connectionTimeoutMillis: number;
    readonly query_timeout: number;
    readonly keepAlive: boolean;
    readonly keepAliveInitialDelayMillis: number;
    readonly types: { getTypeParser(oid: number, format?: string): (text: string) => unknown };
  }

  export interface Result {
    readonly command: string;
    readonly rowCount: number | null;
    readonly rows: readonly Readonly<Record<string, unknown>>[];
  }

  export class Client extends EventEmitter {
    constructor(config: ClientConfig);
    readonly processID: number | undefined;
    readonly host: string;
    readonly port: number;
    readonly connection: { readonly stream: { destroy(): void } };
    connect(): Promise<void>;
    query(sql: string, values?: readonly unknown[]): Promise<Result>;
    end(): Promise<void>;
  }

  export const types: ClientConfig["types"];
}
