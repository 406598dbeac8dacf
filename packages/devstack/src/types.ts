/** URLs of the three servers. */
export interface StackUrls {
  /**
   * The URL of MySQL, such as `mysql://root@127.0.0.1:23306/onsale`. A private server has no
   * password.
   */
  mysqlUrl: string;
  redisUrl: string;
  /** The brokers, each as `host:port`. */
  kafkaBrokers: readonly string[];
  /** False only for the in-memory mock broker, which refuses idempotent producers. */
  kafkaIdempotent: boolean;
}

export type ServerName = "mysql" | "redis" | "kafka";
export const serverNames = ["mysql", "redis", "kafka"] as const satisfies readonly ServerName[];

/**
 * MySQL products that a caller can request instead of the default: MySQL 9, or MariaDB where MySQL
 * is the default (in Docker, or on a machine with both).
 */
export const mysqlFlavours = ["9", "mariadb"] as const;
export type MysqlFlavour = (typeof mysqlFlavours)[number];

/** The source of a server: the environment, Docker, or a native process of this package. */
export type ServerSource = "environment" | "docker" | "private";

export interface ServerStatus {
  name: ServerName;
  source: ServerSource;
  /** Product and version, such as "MariaDB 10.11.11" or "in-memory mock broker (librdkafka)". */
  flavour: string;
  /** The server's URL. For Kafka: the brokers, joined by commas. */
  url: string;
  pid?: number;
  /** True when the server answered the ping that was sent to get this status. */
  ready: boolean;
  logFile?: string;
  /** Milliseconds from the start of the server to its first answer. */
  startedInMs?: number;
}

/**
 * kill: SIGKILL. pause, resume: SIGSTOP and SIGCONT. stop: a clean stop. start, restart: start the
 * server again with the same port and data. flush: FLUSHALL (Redis only).
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

/**
 * Listeners with TLS beside the plain ones, for tests of clients that use TLS. The folder has PEM
 * files: ca-cert.pem, server-cert.pem, server-key.pem, and server.pem with key and certificate.
 */
export interface SecureListeners {
  readonly folder: string;
  /** Free ports. MySQL needs none, because TLS begins on its plain port. */
  readonly redisPort: number;
  readonly kafkaPort: number;
  /** The user that logs in at Kafka's listener. */
  readonly kafkaUser: { readonly name: string; readonly password: string };
}

export interface StackOptions {
  /** Folder of all stacks. Default: `.devstack` in the repository root. */
  rootDir?: string;
  /** Name of the stack and of its subfolder. Default: DEVSTACK_NAME, else "dev". */
  name?: string;
  /**
   * Servers to use. Default: all three. The URLs of the other servers have reserved, unused ports.
   */
  servers?: readonly ServerName[];
  /**
   * MySQL flavour that `stackUp` starts. Default: DEVSTACK_MYSQL, else the one of Docker or the
   * machine.
   */
  mysql?: MysqlFlavour;
  /** Default: no listener with TLS. */
  secure?: SecureListeners;
  onProgress?: (line: string) => void;
  env?: NodeJS.ProcessEnv;
}

/** A running stack. */
export interface Stack {
  readonly urls: StackUrls;
  status(): Promise<readonly ServerStatus[]>;
  /**
   * Causes a fault of one server, or ends it.
   * @throws DevstackError for a server whose URL comes from the environment: the stack did not
   *   start   this server and must not change it
   */
  fault(server: ServerName, action: FaultAction): Promise<void>;
  /** Stops the servers that this run or an earlier run of the stack started. Keeps the data. */
  down(): Promise<void>;
}
