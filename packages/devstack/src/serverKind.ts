import type { LaunchSpec } from "./privateServer.ts";
import type { StackPorts } from "./stackState.ts";
import type { MysqlFlavour } from "./types.ts";

/** What a private server is told. */
export interface LaunchContext {
  /** Holds data, configuration and log of this one server. */
  serverDir: string;
  ports: StackPorts;
  mysqlFlavour: MysqlFlavour | undefined;
  /** Where programs are looked up. */
  env: NodeJS.ProcessEnv;
  onProgress: (line: string) => void;
}

/** A server made ready to be launched: data directory formatted, configuration written. */
export interface PreparedServer {
  flavour: string;
  /** Known before the start; the mock broker chooses its own and tells it later. */
  url?: string;
  launch: LaunchSpec;
  /** Reads the URL that only the running server knows. */
  urlAfterStart?: () => Promise<string>;
  /** Work after the first answer that makes the first user's first call fast. */
  warmUp?: (url: string) => Promise<void>;
}

/** One of the three servers: how to prepare it natively, and how to ask whether it answers. */
export interface ServerKind {
  prepare(context: LaunchContext): Promise<PreparedServer>;
  /** Rejects unless the server answers a real request within the bound. */
  ping(url: string, timeoutMs: number): Promise<void>;
  /** The URL of a server of ours on that port. */
  urlAt(ports: StackPorts): string;
}
