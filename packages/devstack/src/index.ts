/** Public entry of @onsale/devstack: real servers for development and tests. */

export { type DevSecrets, devSecrets } from "./devSecrets.ts";
export { DevstackError } from "./devstackError.ts";
export { chooseFreePorts } from "./freePort.ts";
export { deleteTopics, setTopicConfig } from "./kafkaClient.ts";
export { openMeasuredTopic } from "./kafkaTopic.ts";
export { removeTestStacks, stackDown, stackStatus, TEST_STACK_PREFIX } from "./stackDown.ts";
export { stackFault } from "./stackFault.ts";
export { runningUrls } from "./stackStatus.ts";
export { stackUp } from "./stackUp.ts";
export type {
  FaultAction,
  MysqlFlavour,
  SecureListeners,
  ServerName,
  ServerStatus,
  Stack,
  StackOptions,
  StackUrls,
} from "./types.ts";
export { faultActions, mysqlFlavours, serverNames } from "./types.ts";
