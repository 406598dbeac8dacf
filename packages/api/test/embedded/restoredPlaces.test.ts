import {
  createConcert,
  DependencyUnavailableError,
  joinQueue,
  type QueueTicket,
  readConfig,
} from "@onsale/core";
import {
  createMemoryServers,
  directLink,
  type MemoryServers,
  openMemoryCore,
  type ServerLink,
} from "@onsale/core/memory";
import { expect } from "chai";
import { type Follower, takePlace } from "../../src/placeEvents/follower.ts";
import { updateLine } from "../../src/placeEvents/updateLine.ts";
import { fakeClock } from "../support/fakeClock.ts";
import { recordingLog } from "../support/recordingLog.ts";

const QUEUE_ID = "main";
/** More than one round restores. */
const BUYERS = 520;

describe("the places of followers, after Redis lost the queue", () => {
  const config = readConfig({ STACK: "embedded", AUTH_MODE: "trusted" });
  const going = new AbortController().signal;
  let servers: MemoryServers;
  let core: ReturnType<typeof openMemoryCore>["core"];
  let followers: Follower[];
  /** Called before each search for an admission in MySQL. */
  let onSearch: () => void;
  let searches: number;

  beforeEach("lets buyers join and follow, the last one first, and loses the queue", async () => {
    const clock = fakeClock();
    servers = createMemoryServers({ clock });
    searches = 0;
    onSearch = () => {};
    const link: ServerLink = {
      ...directLink,
      call(server, point, work) {
        if (point !== "admissions.findAdmission") return directLink.call(server, point, work);
        searches += 1;
        onSearch();
        return directLink.call(server, point, work);
      },
    };
    ({ core } = openMemoryCore(config, servers, { clock, log: recordingLog(), link }));
    await createConcert(core, { title: "Rush", singer: "Ada", queueId: QUEUE_ID });
    followers = [];
    for (let userId = 1; userId <= BUYERS; userId += 1) {
      followers.unshift(followerOf(await joinQueue(core, { queueId: QUEUE_ID, userId })));
    }
    servers.redisState.lose();
  });

  const statusOf = async (userId: number) => (await core.queue.place(QUEUE_ID, userId)).status;

  it("are restored from the head of the line on", async () => {
    await updateLine(core, QUEUE_ID, followers, going);
    expect(await statusOf(1)).to.equal("WAITING");
    expect(await statusOf(BUYERS)).to.equal("NONE");
    await updateLine(core, QUEUE_ID, followers, going);
    expect(await statusOf(BUYERS)).to.equal("WAITING");
  });

  it("wait for the next round while MySQL does not answer", async () => {
    onSearch = () => {
      throw new DependencyUnavailableError("mysql");
    };
    await updateLine(core, QUEUE_ID, followers, going);
    expect(searches).to.be.below(30);
    expect(followers.every(({ stream }) => !stream.isEnded())).to.equal(true);
    onSearch = () => {};
    await updateLine(core, QUEUE_ID, followers, going);
    expect(await statusOf(1)).to.equal("WAITING");
  });

  it("do not keep a process that stops", async () => {
    const stopping = new AbortController();
    onSearch = () => stopping.abort();
    await updateLine(core, QUEUE_ID, followers, stopping.signal);
    expect(searches).to.be.below(30);
  });
});

function followerOf(ticket: QueueTicket): Follower {
  let isEnded = false;
  const stream: Follower["stream"] = {
    send: () => true,
    keepAlive: () => {},
    end() {
      isEnded = true;
    },
    isEnded: () => isEnded,
  };
  const follower: Follower = {
    queueId: QUEUE_ID,
    userId: ticket.userId,
    stream,
    token: ticket.token,
    place: { position: 0, generation: 0, admittedCount: 0 },
    readMs: 0,
    epoch: undefined,
    shownPosition: ticket.position,
    shownMs: 0,
    shownPaused: false,
  };
  takePlace(follower, ticket, 0);
  return follower;
}
