/** Where the three servers answer. */
export interface StackUrls {
  /** Such as `mysql://root@127.0.0.1:23306/onsale`; a private server has no password. */
  mysqlUrl: string;
  redisUrl: string;
  /** `host:port` each. */
  kafkaBrokers: readonly string[];
  /** False only for the in-memory mock broker, which refuses idempotent producers. */
  kafkaIdempotent: boolean;
}

export type ServerName = "mysql" | "redis" | "kafka";
export const serverNames = ["mysql", "redis", "kafka"] as const satisfies readonly ServerName[];

/**
 * What can be asked for in place of the default: MySQL 9, or MariaDB where MySQL is the default (in
 * Docker, or on a machine that has both).
 */
export const mysqlFlavours = ["9", "mariadb"] as const;
export type MysqlFlavour = (typeof mysqlFlavours)[number];

/** Who runs a server: the URL's owner, a Docker engine, or this package as a native process. */
export type ServerSource = "environment" | "docker" | "private";

export interface ServerStatus {
  name: ServerName;
  source: ServerSource;
  /** Such as "MariaDB 10.11.11" or "in-memory mock broker (librdkafka)". */
  flavour: string;
  /** For Kafka the brokers, joined by commas. */
  url: string;
  pid?: number;
  /** Whether it answered a real request just now. */
  ready: boolean;
  logFile?: string;
  /** From its start to its first answer, milliseconds. */
  startedInMs?: number;
}

/**
 * kill = SIGKILL; pause and resume = SIGSTOP and SIGCONT; stop = clean stop; start and restart
 * bring the server back on the same port and data; flush = FLUSHALL (Redis only).
 */
export type FaultAction = "kill" | "pause" | "resume" | "restart" | "start" | "stop" | "flush";
export const faultActions = [
  "kill",
  "pause",
  "resume",
  "restart",
  "start",
  "stop",
  "flush",
] as const satisfies readonly FaultAction[];

export interface StackOptions {
  /** Folder of all stacks of this checkout. Default: `.devstack` in the repository root. */
  rootDir?: string;
  /** Subfolder, so that a test can have a stack of its own. Default: DEVSTACK_NAME, else "dev". */
  name?: string;
  /** Which servers. Default: all three. URLs of the others name reserved ports, nobody listens. */
  servers?: readonly ServerName[];
  /** What `stackUp` starts. Default: DEVSTACK_MYSQL, else what Docker or the machine has. */
  mysql?: MysqlFlavour;
  onProgress?: (line: string) => void;
  env?: NodeJS.ProcessEnv;
}

/** A running stack. */
export interface Stack {
  readonly urls: StackUrls;
  status(): Promise<readonly ServerStatus[]>;
  /** @throws DevstackError for a server given by an environment URL, which is not ours to harm. */
  fault(server: ServerName, action: FaultAction): Promise<void>;
  /** Stops what this handle, or an earlier run of the same stack, started. Data stays. */
  down(): Promise<void>;
}
