/** A process that serves until it is ended, for tests of `startChild`. */
import { createServer } from "node:http";

createServer((_request, response) => response.end()).listen(Number(process.env.PORT), "127.0.0.1");
