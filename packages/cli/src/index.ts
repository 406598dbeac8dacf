/** Public entry of @onsale/cli, for commands in other packages. */
export { AdminCommand, JSON_SCHEMA_VERSION } from "./adminCommand.ts";
export { CliError, EXIT, type ExitCode } from "./cliError.ts";
