import type { MysqlFlavour, ServerName } from "./types.ts";

/*
 * The containers of the devstack
 *
 * This file is the only definition of the containers. `dockerStack.ts` starts them through
 * testcontainers. `pnpm docs:compose` writes docker-compose.yml from the same definition, for
 * people who start the servers by hand.
 *
 * The servers have no passwords, so both publish them on loopback only.
 */

/** The parts of one container. */
export interface ContainerPlan {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Empty: the image's own command. */
  readonly command: readonly string[];
  /** The port of the server inside the container. */
  readonly port: number;
  /** The volume with the server's data; undefined for a server that keeps nothing. */
  readonly volume: { readonly name: string; readonly folder: string } | undefined;
  /** Time for a clean stop. */
  readonly stopSeconds: number;
  /** A command that succeeds inside the container when the server works. */
  readonly check: readonly string[];
}

/** The images of MySQL, by the flavour that a stack asks for. */
export const MYSQL_IMAGES = {
  default: { flavour: "MySQL 8.4 (container)", image: "mysql:8.4", volume: "mysql-data" },
  mariadb: { flavour: "MariaDB 10.11 (container)", image: "mariadb:10.11", volume: "mariadb-data" },
  "9": { flavour: "MySQL 9.7 (container)", image: "mysql:9.7", volume: "mysql-9-data" },
} as const satisfies Record<
  MysqlFlavour | "default",
  { flavour: string; image: string; volume: string }
>;

/** Each version has its own volume, because a server cannot read the data of a newer version. */
const mysqlPlan = (flavour: MysqlFlavour | "default"): ContainerPlan => ({
  image: MYSQL_IMAGES[flavour].image,
  environment: { MYSQL_ALLOW_EMPTY_PASSWORD: "yes", MYSQL_DATABASE: "onsale" },
  command: [
    "--transaction-isolation=READ-COMMITTED",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--max-connections=400",
    "--innodb-flush-log-at-trx-commit=1",
    "--innodb-buffer-pool-size=512M",
    "--innodb-lock-wait-timeout=5",
    "--innodb-rollback-on-timeout=ON",
    "--performance-schema=OFF",
  ],
  port: 3306,
  volume: { name: MYSQL_IMAGES[flavour].volume, folder: "/var/lib/mysql" },
  stopSeconds: 15,
  // Over TCP, because the temporary server that initialises the data has only a socket.
  check: ["mysqladmin", "ping", "-h", "127.0.0.1", "-u", "root", "--silent"],
});

/**
 * Nothing is on disk, because tests need a Redis that comes back empty, to see the queue recover.
 * Protected mode would reject clients, which connect over the container's network.
 */
const redisPlan: ContainerPlan = {
  image: "redis:7.4",
  environment: {},
  command: ["redis-server", "--save", "", "--appendonly", "no", "--protected-mode", "no"],
  port: 6379,
  volume: undefined,
  stopSeconds: 10,
  check: ["redis-cli", "ping"],
};

/** Clients use HOST at the published port; the check in the container uses INTERNAL. */
const kafkaPlan = (publishedPort: string): ContainerPlan => ({
  image: "apache/kafka:4.3.0",
  environment: {
    KAFKA_NODE_ID: "1",
    KAFKA_PROCESS_ROLES: "broker,controller",
    KAFKA_CONTROLLER_QUORUM_VOTERS: "1@localhost:9093",
    KAFKA_CONTROLLER_LISTENER_NAMES: "CONTROLLER",
    KAFKA_LISTENERS: "HOST://:9092,INTERNAL://localhost:19092,CONTROLLER://localhost:9093",
    KAFKA_ADVERTISED_LISTENERS: `HOST://127.0.0.1:${publishedPort},INTERNAL://localhost:19092`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: "HOST:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    KAFKA_INTER_BROKER_LISTENER_NAME: "INTERNAL",
    KAFKA_LOG_DIRS: "/var/lib/kafka/data",
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: "5",
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: "1",
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: "1",
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: "1",
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: "1",
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: "0",
    KAFKA_HEAP_OPTS: "-Xms256m -Xmx512m",
  },
  command: [],
  port: 9092,
  volume: { name: "kafka-data", folder: "/var/lib/kafka/data" },
  stopSeconds: 15,
  check: ["/opt/kafka/bin/kafka-topics.sh", "--bootstrap-server", "localhost:19092", "--list"],
});

/**
 * Returns the plan of a server's container.
 * @param publishedPort the port on loopback, which Kafka gives to its clients
 */
export function containerPlan(
  name: ServerName,
  { publishedPort, mysql }: { publishedPort: string; mysql: MysqlFlavour | undefined },
): ContainerPlan {
  switch (name) {
    case "mysql":
      return mysqlPlan(mysql ?? "default");
    case "redis":
      return redisPlan;
    case "kafka":
      return kafkaPlan(publishedPort);
  }
}

/** Product and version of a server in its container, for people. */
export function containerFlavour(name: ServerName, mysql: MysqlFlavour | undefined): string {
  const flavours = {
    mysql: MYSQL_IMAGES[mysql ?? "default"].flavour,
    redis: "Redis 7.4 (container)",
    kafka: "Apache Kafka 4.3.0 (KRaft, container)",
  } as const satisfies Record<ServerName, string>;
  return flavours[name];
}
