import {
  ConnectionLostError,
  directLink,
  type ServerLink,
} from "../../src/adapters/memory/serverLink.ts";

export interface BreakableLink extends ServerLink {
  /** The effect on later calls: the call is lost, its answer is lost, or it arrives late. */
  state: "up" | "call lost" | "answer lost" | "call late";
  /** Which calls the state applies to, by server and point ("mysql commit"); all by default. */
  affected: RegExp;
  /** The names of all calls, in their order. */
  readonly points: readonly string[];
  /** Lets the server handle the late calls, in their order. */
  arrive(): Promise<void>;
}

/** A link that a test can break and repair. */
export function breakableLink(): BreakableLink {
  const points: string[] = [];
  const late: (() => unknown)[] = [];
  const link: BreakableLink = {
    state: "up",
    affected: /^/,
    points,
    async call(server, point, work) {
      const name = `${server} ${point}`;
      const state = link.affected.test(name) ? link.state : "up";
      points.push(name);
      if (state === "call lost") throw new ConnectionLostError("the call got lost");
      if (state === "call late") {
        late.push(work);
        throw new ConnectionLostError("the call is late", { isUnderWay: true });
      }
      const answer = await directLink.call(server, point, work);
      if (state === "answer lost") throw new ConnectionLostError("the answer got lost");
      return answer;
    },
    async arrive() {
      for (const work of late.splice(0)) await work();
    },
  };
  return link;
}
