/**
 * Resolves after the event loop has handled all events that were ready, including those of sockets.
 */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
