import { join } from "node:path";
import type { SecureListeners } from "./types.ts";

const SCRAM = ["SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
const MODULES = "org.apache.kafka.common.security";

/** Settings of the listener with TLS, at which a user logs in by PLAIN or SCRAM. */
export function secureSettings({ folder, kafkaUser }: SecureListeners): string[] {
  const { name, password } = kafkaUser;
  const login = (mechanism: string, module: string): string =>
    `listener.name.sasl_ssl.${mechanism.toLowerCase()}.sasl.jaas.config=${MODULES}.${module};`;
  return [
    // Kafka knows CONTROLLER by itself only while every other listener is plain.
    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL",
    `sasl.enabled.mechanisms=PLAIN,${SCRAM.join(",")}`,
    login("plain", `plain.PlainLoginModule required user_${name}="${password}"`),
    ...SCRAM.map((mechanism) => login(mechanism, "scram.ScramLoginModule required")),
    "ssl.keystore.type=PEM",
    `ssl.keystore.location=${join(folder, "server.pem")}`,
    "ssl.truststore.type=PEM",
    `ssl.truststore.location=${join(folder, "ca-cert.pem")}`,
    // Everything is allowed until a test adds rules. Clients of the plain listener make the rules.
    "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found=true",
    "super.users=User:ANONYMOUS",
  ];
}

/** Arguments of the format tool that create the user for SCRAM. */
export function scramArguments({ kafkaUser: { name, password } }: SecureListeners): string[] {
  return SCRAM.flatMap((mechanism) => [
    "--add-scram",
    `${mechanism}=[name=${name},password=${password}]`,
  ]);
}
