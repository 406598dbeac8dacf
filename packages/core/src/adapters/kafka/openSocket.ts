import net from "node:net";
import tls from "node:tls";
import type { ISocketFactoryArgs } from "kafkajs";

const KEEP_ALIVE_MS = 60_000;

/**
 * Opens the socket of a kafkajs client. kafkajs removes its listeners when it gives a connection
 * up, and an alert of TLS may arrive later: an error without a listener would end the process.
 * @param broker `ssl` is missing for plain text, although the types of kafkajs require it
 */
export function openSocket(broker: ISocketFactoryArgs): net.Socket {
  const socket = connect(broker);
  socket.on("error", () => undefined);
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  return socket;
}

function connect({ host, port, ssl, onConnect }: ISocketFactoryArgs): net.Socket {
  if (!ssl) return net.connect({ host, port }, onConnect);
  const servername = net.isIP(host) ? {} : { servername: host };
  return tls.connect({ host, port, ...servername, ...ssl }, onConnect);
}
