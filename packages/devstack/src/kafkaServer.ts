import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DevstackError, messageOf } from "./devstackError.ts";
import { findProgram, outputOf } from "./findProgram.ts";
import { ROOT_FOLDER } from "./folders.ts";
import { pingKafka, warmUpKafka } from "./kafkaClient.ts";
import { prepareMockBroker } from "./kafkaMock.ts";
import { scramArguments, secureSettings } from "./kafkaSecurity.ts";
import type { LaunchContext, PreparedServer, ServerKind } from "./serverKind.ts";
import type { StackPorts } from "./stackState.ts";
import type { SecureListeners } from "./types.ts";

/** The Kafka version. Must be the same as in packages/devstack/kafka/pom.xml. */
const KAFKA_VERSION = "4.3.0";
const FORMAT_MAX_MS = 60_000;
/** With only the first JIT tier, the start is 20 % faster. A small heap is enough for tests. */
const jvmFlags = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];

export const kafkaServer: ServerKind = { prepare, ping: pingKafka, urlAt };

function urlAt(ports: StackPorts): string {
  return `127.0.0.1:${ports.kafka}`;
}

/**
 * Prepares Apache Kafka if its jars and Java exist. Otherwise prepares the mock broker and warns.
 */
async function prepare(context: LaunchContext): Promise<PreparedServer> {
  const libDir = findLibDir(context.env);
  const java = findJava(context.env);
  if (libDir !== undefined && java !== undefined) return prepareApache(context, libDir, java);
  const lacking = libDir === undefined ? "the jars of Apache Kafka" : "Java";
  return prepareMockBroker(context, lacking);
}

function findLibDir(env: NodeJS.ProcessEnv): string | undefined {
  if (env.KAFKA_HOME !== undefined && env.KAFKA_HOME !== "") {
    const libs = join(env.KAFKA_HOME, "libs");
    if (existsSync(libs)) return libs;
    throw new DevstackError(`KAFKA_HOME has no folder libs: ${env.KAFKA_HOME}`);
  }
  const cached = join(ROOT_FOLDER, ".cache", `kafka-${KAFKA_VERSION}`);
  return existsSync(join(cached, "complete")) ? join(cached, "lib") : undefined;
}

function findJava(env: NodeJS.ProcessEnv): string | undefined {
  const home = env.JAVA_HOME;
  const ofHome = home === undefined || home === "" ? undefined : join(home, "bin", "java");
  return ofHome !== undefined && existsSync(ofHome) ? ofHome : findProgram(["java"], env);
}

async function prepareApache(
  context: LaunchContext,
  libDir: string,
  java: string,
): Promise<PreparedServer> {
  const { secure, serverDir, ports } = context;
  const dataDir = join(serverDir, "data");
  const configFile = join(serverDir, "server.properties");
  const loggingFile = join(serverDir, "log4j2.properties");
  mkdirSync(serverDir, { recursive: true });
  writeFileSync(configFile, configText(ports, dataDir, secure));
  writeFileSync(loggingFile, loggingText);
  const classPath = ["-cp", `${libDir}/*`, `-Dlog4j2.configurationFile=${loggingFile}`];
  if (!existsSync(join(dataDir, "meta.properties"))) {
    rmSync(dataDir, { recursive: true, force: true });
    await formatData(java, classPath, configFile, secure);
  }
  return {
    flavour: `Apache Kafka ${versionOf(libDir)} (KRaft)`,
    url: urlAt(ports),
    launch: {
      command: java,
      args: [...jvmFlags, ...classPath, "kafka.Kafka", configFile],
      cwd: serverDir,
      logFile: join(serverDir, "server.log"),
    },
    warmUp: warmUpKafka,
  };
}

async function formatData(
  java: string,
  classPath: string[],
  configFile: string,
  secure: SecureListeners | undefined,
): Promise<void> {
  const clusterId = randomBytes(16).toString("base64url");
  // The form with "=" is needed, because one id in 64 starts with a dash and would look like an
  // option.
  const idArgument = `--cluster-id=${clusterId}`;
  const users = secure === undefined ? [] : scramArguments(secure);
  const format = ["kafka.tools.StorageTool", "format", idArgument, "-c", configFile, ...users];
  const flags = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
  try {
    await outputOf(java, [...flags, ...classPath, ...format], { timeoutMs: FORMAT_MAX_MS });
  } catch (error) {
    throw new DevstackError(`Cannot format Kafka's data directory: ${messageOf(error)}`);
  }
}

function versionOf(libDir: string): string {
  const jar = readdirSync(libDir).find((file) => file.startsWith("kafka-clients-"));
  return jar?.slice("kafka-clients-".length, -".jar".length) ?? "of unknown version";
}

function configText(
  ports: StackPorts,
  dataDir: string,
  secure: SecureListeners | undefined,
): string {
  const broker = `127.0.0.1:${ports.kafka}`;
  const secureListener = secure === undefined ? "" : `,SASL_SSL://127.0.0.1:${secure.kafkaPort}`;
  const controller = `127.0.0.1:${ports.kafkaController}`;
  const settings = [
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@${controller}`,
    `listeners=PLAINTEXT://${broker},CONTROLLER://${controller}${secureListener}`,
    `advertised.listeners=PLAINTEXT://${broker}${secureListener}`,
    ...(secure === undefined ? [] : secureSettings(secure)),
    "controller.listener.names=CONTROLLER",
    `log.dirs=${dataDir}`,
    // Onsale creates its topics itself. Without this setting, Kafka creates a topic with one
    // partition when a client uses a name that has no topic.
    "auto.create.topics.enable=false",
    "offsets.topic.replication.factor=1",
    "offsets.topic.num.partitions=5",
    "transaction.state.log.replication.factor=1",
    "transaction.state.log.min.isr=1",
    "transaction.state.log.num.partitions=5",
    "share.coordinator.state.topic.replication.factor=1",
    "share.coordinator.state.topic.min.isr=1",
    // The first consumer of a group must not wait for others.
    "group.initial.rebalance.delay.ms=0",
    // Tests create many small topics. Small indexes and buffers are enough for them.
    "log.index.size.max.bytes=1048576",
    "log.cleaner.dedupe.buffer.size=16777216",
    // A broker that was killed must be able to register again soon under the same id.
    "broker.session.timeout.ms=3000",
    "broker.heartbeat.interval.ms=500",
  ];
  return `${settings.join("\n")}\n`;
}

const loggingText = `rootLogger.level=WARN
rootLogger.appenderRef.console.ref=console
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%d{ISO8601}{UTC} %p %m (%c{1})%n%ex
logger.server.name=kafka.server.KafkaRaftServer
logger.server.level=INFO
`;
