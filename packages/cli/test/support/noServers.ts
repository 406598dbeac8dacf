/** An environment in which a command that looks for a server finds none. */
export const NO_SERVERS: NodeJS.ProcessEnv = {
  MYSQL_URL: "",
  REDIS_URL: "",
  KAFKA_BROKERS: "",
  QUEUE_TOKEN_KEYS: "",
  AUTH_JWT_SECRET: "",
  STACK: "",
  DEVSTACK_NAME: "never-started",
};
