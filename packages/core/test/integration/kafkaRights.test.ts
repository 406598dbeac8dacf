import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mailbox } from "@onsale/conformance/mailbox";
import { chooseFreePorts, type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";
import { expect } from "chai";
import kafkajs, { type Admin } from "kafkajs";
import { type KafkaConnection, openKafka } from "../../src/adapters/kafka/connection.ts";
import { kafkaConsumers } from "../../src/adapters/kafka/consumers.ts";
import { kafkaPublisher } from "../../src/adapters/kafka/publisher.ts";
import type { RunningConsumer } from "../../src/ports/consumer.ts";
import type { PublishedMessage } from "../../src/ports/publisher.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { systemIds } from "../../src/shared/ids.ts";
import { type Certificates, makeCertificates } from "../support/certificates.ts";
import { eventually } from "../support/privateRedis.ts";
import { recordingLog } from "../support/recorders.ts";
import { KAFKA_USER } from "../support/secureStack.ts";

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
const CHECKS = { checkMs: 200, stallMs: 10_000 };

describe("a Kafka user who lacks a right", function () {
  this.timeout(60_000);
  let folder: string;
  let certificates: Certificates;
  let stack: Stack;
  let kafkaPort: number;
  let admin: Admin;
  before("starts a broker with users", async () => {
    folder = mkdtempSync(join(tmpdir(), "onsale-rights-"));
    certificates = await makeCertificates(folder);
    const name = `${TEST_STACK_PREFIX}rights-${process.pid}`;
    const [redisPort = 0, port = 0] = await chooseFreePorts(`${name} with TLS`, 2);
    kafkaPort = port;
    stack = await stackUp({
      ...{ name, servers: ["kafka"] },
      secure: { folder, redisPort, kafkaPort, kafkaUser: KAFKA_USER },
      env: { ...process.env, KAFKA_BROKERS: "" },
    });
    const brokers = [...stack.urls.kafkaBrokers];
    admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
    await admin.createAcls({
      acl: [
        rule("TOPIC", "*", "ALL", "ALLOW"),
        rule("GROUP", "*", "ALL", "ALLOW"),
        rule("CLUSTER", "kafka-cluster", "DESCRIBE", "ALLOW"),
        rule("CLUSTER", "kafka-cluster", "IDEMPOTENT_WRITE", "ALLOW"),
      ],
    });
  });
  after("stops it", async () => {
    await admin?.disconnect();
    await stack?.down();
    rmSync(folder, { recursive: true });
  });

  let connection: KafkaConnection;
  let log: ReturnType<typeof recordingLog>;
  let prefix: string;
  let count = 0;
  const running: RunningConsumer[] = [];
  beforeEach("opens the connection of the user", () => {
    count += 1;
    prefix = `sale${count}.`;
    log = recordingLog();
    const { ca } = certificates;
    const settings = {
      ...{ brokers: [`127.0.0.1:${kafkaPort}`], idempotent: true, topicPrefix: prefix },
      tls: { mode: "verify-full", ca, cert: undefined, key: undefined },
      sasl: {
        mechanism: "scram-sha-512",
        ...{ username: KAFKA_USER.name, password: KAFKA_USER.password },
      },
    } as const;
    connection = openKafka(settings, systemClock, log);
  });
  afterEach("closes it", async () => {
    await Promise.all(running.splice(0).map((consumer) => consumer.stop()));
    await connection.close();
  });

  function rule(
    resource: keyof typeof AclResourceTypes,
    resourceName: string,
    operation: keyof typeof AclOperationTypes,
    permission: keyof typeof AclPermissionTypes,
  ) {
    return {
      ...{ resourceName, principal: `User:${KAFKA_USER.name}`, host: "*" },
      resourceType: AclResourceTypes[resource],
      resourcePatternType: ResourcePatternTypes.LITERAL,
      operation: AclOperationTypes[operation],
      permissionType: AclPermissionTypes[permission],
    };
  }
  const refuse = (...[resource, name, operation]: Parameters<typeof rule>) =>
    admin.createAcls({ acl: [rule(resource, name, operation, "DENY")] });
  const create = (...names: readonly string[]) =>
    admin.createTopics({ topics: names.map((name) => ({ topic: `${prefix}${name}` })) });
  const message = (name: string): PublishedMessage => ({
    ...{ messageId: systemIds.uuid(), topic: `${prefix}${name}`, key: "k" },
    ...{ value: name, headers: {} },
  });
  const publish = () => kafkaPublisher(connection).publish([message("bad"), message("good")]);
  async function consume(): Promise<ReturnType<typeof mailbox>> {
    const box = mailbox();
    const topics = [`${prefix}bad`, `${prefix}good`];
    const subscription = { consumer: "reader", topics, handle: box.take };
    running.push(await kafkaConsumers(connection, CHECKS).run(subscription));
    return box;
  }
  const reasonsOf = (event: string) =>
    log.lines.filter(({ fields }) => fields.event === event).map(({ fields }) => fields.reason);

  it("delays only the topic that the user may not create, and names the refusal", async () => {
    await create("good");
    await refuse("TOPIC", `${prefix}bad`, "CREATE", "DENY");
    const [failure, ...others] = await publish();
    expect(others).to.deep.equal([]);
    expect(failure?.reason).to.equal("topic");
    expect(failure?.error)
      .to.include(`${prefix}bad`)
      .and.include("its creation failed: TOPIC_AUTHORIZATION_FAILED");
    const box = await consume();
    await box.until(() => box.values.includes("good"));
    expect(String(reasonsOf("kafka.topic_missing"))).to.include("TOPIC_AUTHORIZATION_FAILED");
    await create("bad");
    expect(await publish()).to.deep.equal([]);
    await box.until(() => box.values.includes("bad"));
  });

  it("delays only the topic to which the user may not write", async () => {
    await create("good", "bad");
    await refuse("TOPIC", `${prefix}bad`, "WRITE", "DENY");
    const failures = await publish();
    expect(failures.map(({ error }) => error)).to.deep.equal([
      `topic ${prefix}bad accepts no messages: TOPIC_AUTHORIZATION_FAILED`,
    ]);
    const box = await consume();
    await box.until(() => box.values.includes("good"));
  });

  it("logs once that the user may not read the group, while messages are published", async () => {
    await create("good", "bad");
    const refused = rule("GROUP", `${prefix}reader`, "READ", "DENY");
    await admin.createAcls({ acl: [refused] });
    const box = await consume();
    await eventually(() => reasonsOf("consumer.restarted").length > 0);
    expect(await publish()).to.deep.equal([]);
    const attempts = () =>
      log.lines.filter(({ fields }) => /Group authorization/.test(JSON.stringify(fields)));
    await eventually(() => attempts().length > 3);
    expect(reasonsOf("consumer.restarted")).to.have.length(1);
    expect(String(reasonsOf("consumer.restarted"))).to.include("Group authorization failed");
    await admin.deleteAcls({ filters: [refused] });
    await box.until(() => box.values.includes("good") && box.values.includes("bad"));
  });
});
