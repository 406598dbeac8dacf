import { openMemoryServer } from "../support/apiServer.ts";
import { clientCases } from "../support/clientCases.ts";

describe("the client against an API in memory", () => {
  clientCases(openMemoryServer);
});
