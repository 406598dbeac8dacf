import { ConnectionLostError, directWire, type Wire } from "../../src/adapters/memory/wire.ts";

export interface BreakableWire extends Wire {
  /** What becomes of calls from now on: the call gets lost, or its answer does. */
  state: "up" | "call lost" | "answer lost";
  /** The points of all calls, in their order. */
  readonly points: readonly string[];
}

/** A wire that a test breaks and mends. */
export function breakableWire(): BreakableWire {
  const points: string[] = [];
  const wire: BreakableWire = {
    state: "up",
    points,
    async call(server, point, work) {
      const { state } = wire;
      points.push(`${server} ${point}`);
      if (state === "call lost") throw new ConnectionLostError("the call got lost");
      const answer = await directWire.call(server, point, work);
      if (state === "answer lost") throw new ConnectionLostError("the answer got lost");
      return answer;
    },
  };
  return wire;
}
