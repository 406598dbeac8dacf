import { fileURLToPath } from "node:url";

/** The file that starts API and worker processes. The variable ROLE selects the role. */
export const PRODUCT_ENTRY = fileURLToPath(
  new URL("./main.ts", import.meta.resolve("@onsale/api")),
);

/** The folder of this checkout's local servers, logs and secrets. */
export const DEVSTACK_FOLDER = fileURLToPath(new URL("../../../.devstack/", import.meta.url));
