/** URLs of the three servers. */
export interface StackUrls {
  /** Such as `mysql://root@127.0.0.1:23306/onsale`; a private server has no password. */
  mysqlUrl: string;
  redisUrl: string;
  /** `host:port` each. */
  kafkaBrokers: readonly string[];
  /** False only for the in-memory mock broker, which rejects idempotent producers. */
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

/** What runs a server: the environment, a Docker engine, or this package as a native process. */
export type ServerSource = "environment" | "docker" | "private";

export interface ServerStatus {
  name: ServerName;
  source: ServerSource;
  /** Such as "MariaDB 10.11.11" or "in-memory mock broker (librdkafka)". */
  flavour: string;
  /** For Kafka the brokers, joined by commas. */
  url: string;
  pid?: number;
  /** Whether the server answered a request for this status. */
  ready: boolean;
  logFile?: string;
  /** Milliseconds from the start to the first answer. */
  startedInMs?: number;
}

/**
 * kill = SIGKILL; pause and resume = SIGSTOP and SIGCONT; stop = clean stop; start and restart
 * start the server again on the same port and data; flush = FLUSHALL (Redis only).
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
  /** Folder of all stacks. Default: `.devstack` in the repository root. */
  rootDir?: string;
  /** Name of the stack and of its subfolder. Default: DEVSTACK_NAME, else "dev". */
  name?: string;
  /** Servers to use. Default: all three. URLs of the others name reserved, unused ports. */
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
  /** @throws DevstackError for a server of the environment, which the stack must not touch */
  fault(server: ServerName, action: FaultAction): Promise<void>;
  /** Stops the servers that this or an earlier run of the stack started. Data is kept. */
  down(): Promise<void>;
}
