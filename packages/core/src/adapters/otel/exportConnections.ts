import { Agent } from "node:http";
import { Agent as SecureAgent } from "node:https";

/** The connections to the endpoint of traces. */
export interface ExportConnections {
  agentFor(protocol: string): Agent;
  /** Ends the connections that wait for an answer, or for the end of one. */
  endBusy(): void;
  /** Ends all connections, also those that wait for an answer. */
  close(): void;
}

/** Creates the connections of one exporter. Opens none. */
export function exportConnections(): ExportConnections {
  const agents: Agent[] = [];

  function endBusy(): void {
    for (const agent of agents) {
      const busy = Object.values(agent.sockets).flatMap((sockets) => sockets ?? []);
      // The exporter repeats a request after a reset connection, but not after this error.
      for (const socket of busy) socket.destroy(new Error("The time for this batch is over"));
    }
  }

  return {
    agentFor(protocol) {
      const agent =
        protocol === "https:"
          ? new SecureAgent({ keepAlive: true })
          : new Agent({ keepAlive: true });
      agents.push(agent);
      return agent;
    },
    endBusy,
    close() {
      endBusy();
      for (const agent of agents) agent.destroy();
    },
  };
}
