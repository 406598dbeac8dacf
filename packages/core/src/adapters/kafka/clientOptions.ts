import type { KafkaConfig as ClientConfig, SASLOptions } from "kafkajs";
import type { KafkaConfig, KafkaLogin } from "../../config/serverConfig.ts";
import { tlsOptions } from "../shared/tlsOptions.ts";

export type KafkaTarget = Pick<KafkaConfig, "brokers" | "tls" | "sasl">;

/** How to reach the brokers, and who this client is, in the options of kafkajs. */
export function clientOptions({
  brokers,
  tls,
  sasl,
}: KafkaTarget): Pick<ClientConfig, "brokers" | "ssl" | "sasl"> {
  return {
    brokers: [...brokers],
    ...(tls === undefined ? {} : { ssl: tlsOptions(tls) }),
    ...(sasl === undefined ? {} : { sasl: loginOf(sasl) }),
  };
}

/** The types of kafkajs have one type for each mechanism. */
function loginOf({ mechanism, username, password }: KafkaLogin): SASLOptions {
  const login = { username, password };
  if (mechanism === "plain") return { mechanism, ...login };
  return mechanism === "scram-sha-256" ? { mechanism, ...login } : { mechanism, ...login };
}
