import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseFreePorts, type Stack, stackUp, TEST_STACK_PREFIX } from "@onsale/devstack";
import mysql from "mysql2/promise";
import { type Certificates, makeCertificates } from "./certificates.ts";

export const KAFKA_USER = { name: "onsale", password: "kafka-secret-0123" } as const;
/** Users of MySQL that the server accepts with TLS only, and with a certificate only. */
export const TLS_USER = { name: "with_tls", password: "mysql-secret-0123" } as const;
export const CERTIFICATE_USER = {
  name: "with_certificate",
  password: "mysql-secret-4567",
} as const;

/** Servers with TLS, and with certificates that were made for them. */
export interface SecureStack {
  readonly stack: Stack;
  readonly certificates: Certificates;
  readonly redisPort: number;
  readonly kafkaPort: number;
  /** Settings that reach all servers over TLS. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const SECRET = "only-for-tests-0123456789-0123456789";
const DATABASE = "onsale_tls";

export async function startSecureStack(): Promise<SecureStack> {
  const folder = mkdtempSync(join(tmpdir(), "onsale-tls-"));
  const certificates = await makeCertificates(folder);
  const name = `${TEST_STACK_PREFIX}tls-${process.pid}`;
  const [redisPort = 0, kafkaPort = 0] = await chooseFreePorts(`${name} with TLS`, 2);
  const stack = await stackUp({
    name,
    secure: { folder, redisPort, kafkaPort, kafkaUser: KAFKA_USER },
    env: { ...process.env, MYSQL_URL: "", REDIS_URL: "", KAFKA_BROKERS: "" },
  });
  await createUsers(stack.urls.mysqlUrl);
  return {
    ...{ stack, certificates, redisPort, kafkaPort },
    env: {
      ...{ MYSQL_URL: urlOf(stack, TLS_USER), MYSQL_TLS: "verify-full" },
      ...{ REDIS_URL: `rediss://127.0.0.1:${redisPort}/0` },
      ...{ KAFKA_BROKERS: `127.0.0.1:${kafkaPort}`, KAFKA_TLS: "verify-full" },
      ...{ KAFKA_SASL_MECHANISM: "scram-sha-512", KAFKA_SASL_USERNAME: KAFKA_USER.name },
      KAFKA_SASL_PASSWORD: KAFKA_USER.password,
      ...{ MYSQL_TLS_CA: certificates.ca, REDIS_TLS_CA: certificates.ca },
      KAFKA_TLS_CA: certificates.ca,
      ...{ AUTH_JWT_SECRET: SECRET, QUEUE_TOKEN_KEYS: `test:${SECRET}`, LOG_LEVEL: "silent" },
    },
    async stop() {
      await stack.down();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The URL of a user, with the password. */
export function urlOf(
  { urls }: Stack,
  { name, password }: { readonly name: string; readonly password: string },
): string {
  const url = new URL(urls.mysqlUrl);
  Object.assign(url, { username: name, password, pathname: `/${DATABASE}` });
  return url.href;
}

async function createUsers(url: string): Promise<void> {
  const connection = await mysql.createConnection(url);
  try {
    for (const [user, need] of [
      [TLS_USER, "SSL"],
      [CERTIFICATE_USER, "X509"],
    ] as const) {
      const account = `'${user.name}'@'127.0.0.1'`;
      await connection.query(`DROP USER IF EXISTS ${account}`);
      await connection.query(`CREATE USER ${account} IDENTIFIED BY ? REQUIRE ${need}`, [
        user.password,
      ]);
      await connection.query(`GRANT ALL PRIVILEGES ON ${DATABASE}.* TO ${account}`);
    }
  } finally {
    await connection.end();
  }
}
