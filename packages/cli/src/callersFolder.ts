/**
 * Returns the folder in which the user typed the command. pnpm and npm run the script `onsale` in
 * the folder of package.json, and name the user's folder in INIT_CWD. Paths on the command line are
 * relative to the user's folder.
 * @returns undefined when it is the working directory of this process
 */
export function callersFolder(env: NodeJS.ProcessEnv): string | undefined {
  return env.npm_lifecycle_event === "onsale" ? env.INIT_CWD : undefined;
}
