/** Resolves after the event loop has served everything that was ready, sockets included. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
