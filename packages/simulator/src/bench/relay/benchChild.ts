import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A process of the benchmark that answers each order with one message. */
export interface BenchChild<Order extends object, Answer> {
  readonly pid: number;
  /** @throws Error when the process ends before it has answered */
  ask(order: Order): Promise<Answer>;
  /** Waits until the process has ended. */
  close(): Promise<void>;
}

/**
 * Starts a module as a process of its own, so that its CPU time can be measured apart. The process
 * sends its first message when it is ready.
 * @param module the file, as a URL
 */
export async function startBenchChild<Order extends object, Answer>(
  module: URL,
  env: NodeJS.ProcessEnv,
): Promise<BenchChild<Order, Answer>> {
  const child = fork(fileURLToPath(module), {
    env,
    // Ctrl-C reaches only this process, which then stops its children.
    detached: true,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await nextMessage(child);
  return {
    pid: child.pid ?? 0,
    ask(order) {
      const answer = nextMessage<Answer>(child);
      child.send(order);
      return answer;
    },
    async close() {
      if (child.connected) child.disconnect();
      await gone;
    },
  };
}

function nextMessage<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => {
      child.off("message", onMessage);
      reject(new Error("A process of the benchmark ended"));
    };
    const onMessage = (message: T): void => {
      child.off("exit", onExit);
      resolve(message);
    };
    child.once("message", onMessage).once("exit", onExit);
  });
}
