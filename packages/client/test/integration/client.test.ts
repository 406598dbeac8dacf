import { stackStatus, stackUp } from "@onsale/devstack";
import { type OpenApiServer, serversOf } from "../support/apiServer.ts";
import { clientCases } from "../support/clientCases.ts";

describe("the client against an API on servers", () => {
  let open: OpenApiServer;
  let stopServers: (() => Promise<void>) | undefined;

  before("finds or starts the servers", async () => {
    const before = await stackStatus();
    const up = await stackUp();
    if (!before.every(({ ready }) => ready)) stopServers = () => up.down();
    open = serversOf(up.urls);
  });
  after(() => stopServers?.());

  clientCases((settings) => open(settings));
});
