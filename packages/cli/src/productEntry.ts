import { fileURLToPath } from "node:url";

/** The file from which API and worker processes start; ROLE says which. */
export const PRODUCT_ENTRY = fileURLToPath(
  new URL("./main.ts", import.meta.resolve("@onsale/api")),
);

/** The folder of this checkout's local servers, logs and secrets. */
export const DEVSTACK_FOLDER = fileURLToPath(new URL("../../../.devstack/", import.meta.url));
