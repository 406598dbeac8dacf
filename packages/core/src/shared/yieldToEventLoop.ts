/** Resolves after the event loop has handled all events that were ready, those of sockets too. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
