import { once } from "node:events";
import { connect, type Socket } from "node:net";

/**
 * Sends the head of a request that charges 5 points. The server waits for its body until the test
 * writes `REST_OF_CHARGE`.
 */
export async function halfACharge(port: number, accessToken: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    "PUT /api/v1/points/charge HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n" +
      `authorization: Bearer ${accessToken}\r\nexpect: 100-continue\r\n` +
      "content-length: 12\r\n\r\n",
  );
  // "100 Continue" says that the server has accepted the head.
  await once(socket, "data");
  return socket;
}

/** The body that the server waits for. */
export const REST_OF_CHARGE = '{"amount":5}';
