/** A process that serves until it is ended. With ON_TERM=ignore, SIGTERM does not end it. */
import { createServer } from "node:http";

const server = createServer((_request, response) => response.end());
server.listen(Number(process.env.PORT), "127.0.0.1");
if (process.env.ON_TERM === "ignore") process.on("SIGTERM", () => {});
if (process.env.ON_TERM === "exit") process.on("SIGTERM", () => process.exit(0));
if (process.env.ON_TERM === "close") {
  process.on("SIGTERM", () => {
    server.close();
    server.closeAllConnections();
  });
}
