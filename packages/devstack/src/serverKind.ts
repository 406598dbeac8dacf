import type { LaunchSpec } from "./privateServer.ts";
import type { StackPorts } from "./stackState.ts";
import type { MysqlFlavour, SecureListeners } from "./types.ts";

/** Input for the preparation of a private server. */
export interface LaunchContext {
  /** Folder with the data, configuration and log of this server. */
  serverDir: string;
  ports: StackPorts;
  mysqlFlavour: MysqlFlavour | undefined;
  secure: SecureListeners | undefined;
  /** Environment whose PATH is searched for programs. */
  env: NodeJS.ProcessEnv;
  onProgress: (line: string) => void;
}

/** A server that is ready to start: its data directory and its configuration exist. */
export interface PreparedServer {
  flavour: string;
  /** The URL; absent for the mock broker, which chooses its own port (see `urlAfterStart`). */
  url?: string;
  launch: LaunchSpec;
  /** Reads the URL from the running server. Present when only the running server knows its URL. */
  urlAfterStart?: () => Promise<string>;
  /** Runs after the server's first answer, so that a user's first call is fast. */
  warmUp?: (url: string) => Promise<void>;
}

/** Prepares one kind of server as a native process, and tests whether a server answers. */
export interface ServerKind {
  prepare(context: LaunchContext): Promise<PreparedServer>;
  /** Rejects unless the server answers a request within the time limit. */
  ping(url: string, timeoutMs: number): Promise<void>;
  /** Returns the URL of the stack's own server on its port. */
  urlAt(ports: StackPorts): string;
}
