import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { environment } from "../../../shared/protocol.ts";
import {
  detailsOfCalls,
  type SharedDetail,
  sharedDetails,
  type TeamPush,
  type TeamShare,
  type TeamShareKind,
  type TeamStatus,
  teamShares,
} from "../../../shared/team.ts";
import type { DaemonConnection } from "../../client/daemonConnection.ts";
import type { CommandContext } from "../context.ts";
import { CommandFailure, UsageError } from "../failures.ts";
import { counted } from "../format/numbers.ts";
import { renderPreview, renderTeam, shareText } from "../format/team.ts";
import { printJson, printLines } from "../print.ts";
import { parseCount } from "../selection.ts";
import { teamMembersCommand } from "./teamMembers.ts";

interface ShareOptions {
  share?: TeamShareKind;
  with?: SharedDetail[];
}

/** `taximeter team join|status|push|preview|share|leave`. */
export function teamCommand(context: CommandContext): Command {
  const withDetails = () =>
    new Option(
      "--with <details>",
      `shared as well, comma-separated: ${sharedDetails.join(", ")} (default: none)`,
    ).argParser(parseDetails);

  const join = new Command("join")
    .description("joins a team's database; the token is asked for, or read from standard input")
    .argument("[url]", `libsql://team-name.turso.io (default: ${environment.teamUrl})`)
    .addOption(
      new Option("--share <what>", "sums of quarter hours, or single calls as well").choices(teamShares),
    )
    .addOption(withDetails())
    .option("--no-token", "the server wants none")
    .option("--json", "as JSON: {team, push}")
    .action(async (given: string | undefined, options: ShareOptions & { token: boolean; json?: true }) => {
      const url = given ?? context.env[environment.teamUrl];
      if (!url) throw new UsageError(`The address is needed: taximeter team join libsql://…`);
      const share = shareOf(options);
      const token = options.token ? await readToken(context) : "";
      const connection = context.connect();
      const team = await connection.request("joinTeam", {
        body: {
          url,
          ...(token === "" ? {} : { token, keepToken: true }),
          ...(share === null ? {} : { share }),
        },
      });
      const push = team.problem === null ? await pushAll(connection) : null;
      if (options.json) printJson(context, { team, push });
      else {
        printLines(context, [
          `Joined ${team.url} as ${team.developer}: ${shareText(team.share)}.`,
          ...(push === null ? [] : pushLines(push)),
          ...(team.token?.place === "memory"
            ? [
                context.theme.warning(
                  `There is no keychain to keep the token in: it is held until the daemon ends. Set ${environment.teamToken} for the daemon to find it again.`,
                ),
              ]
            : []),
          ...[...(team.problem === null ? [] : [team.problem.message]), ...team.warnings]
            .filter((line, at, lines) => lines.indexOf(line) === at)
            .map((line) => context.theme.warning(line)),
        ]);
      }
    });

  const status = new Command("status")
    .description("the team, what is shared with it, and what has not reached it yet")
    .option("--json", "as JSON")
    .action(async ({ json }: { json?: true }) => {
      const connection = context.connect();
      const team = await withToken(context, connection);
      if (json) printJson(context, team);
      else printLines(context, renderTeam(team, context));
    });

  const push = new Command("push")
    .description("pushes now what has not reached the team yet")
    .option("--json", "as JSON: {pushed, outstanding, problem}")
    .action(async ({ json }: { json?: true }) => {
      const connection = context.connect();
      await joinedTeam(context, connection);
      const result = await pushAll(connection);
      if (json) printJson(context, result);
      else if (result.problem === null) printLines(context, pushLines(result));
      if (result.problem !== null) throw new CommandFailure(result.problem.message);
    });

  const preview = new Command("preview")
    .description("shows what leaves, before it does; no team need be joined")
    .addOption(new Option("--share <what>", "as it would be with this").choices(teamShares))
    .addOption(withDetails())
    .addOption(
      new Option("--limit <rows>", "rows of each kind, at most 200").argParser(parseCount).default(20),
    )
    .option("--json", "as JSON, to the last column: {share, outstanding, rollups, calls}")
    .action(async ({ limit, json, ...options }: ShareOptions & { limit: number; json?: true }) => {
      const answer = await context.connect().request("previewTeam", {
        query: {
          limit,
          ...(options.share === undefined ? {} : { share: options.share }),
          ...(options.with === undefined ? {} : { details: options.with }),
        },
      });
      if (json) printJson(context, answer);
      else printLines(context, renderPreview(answer, context));
    });

  const share = new Command("share")
    .description("chooses what is shared; what the team has is taken back and pushed again")
    .addArgument(new Argument("<what>", "sums of quarter hours, or single calls as well").choices(teamShares))
    .addOption(withDetails())
    .option("--json", "as JSON")
    .action(async (kind: TeamShareKind, options: Pick<ShareOptions, "with"> & { json?: true }) => {
      const connection = context.connect();
      await joinedTeam(context, connection);
      const chosen = shareOf({ ...options, share: kind }) ?? { kind, details: [] };
      const team = await connection.request("shareWithTeam", { body: chosen });
      if (options.json) printJson(context, team);
      else printLines(context, [`Shared from now on: ${shareText(team.share)}.`]);
    });

  const leave = new Command("leave")
    .description("leaves the team; what was pushed stays there")
    .option("--erase", "first takes back all that this machine has pushed")
    .option("--json", "as JSON")
    .action(async ({ erase = false, json }: { erase?: boolean; json?: true }) => {
      const connection = context.connect();
      const { url } = await joinedTeam(context, connection);
      const team = await connection.request("leaveTeam", { query: { erase } });
      if (json) printJson(context, team);
      else {
        printLines(context, [
          erase
            ? `Left ${url}. All that this machine had pushed is gone from it.`
            : `Left ${url}. What was pushed stays there; join again and leave with --erase to take it back.`,
        ]);
      }
    });

  return new Command("team")
    .description("a database that a team shares, and what of yours is in it")
    .addCommand(join)
    .addCommand(status)
    .addCommand(teamMembersCommand(context))
    .addCommand(push)
    .addCommand(preview)
    .addCommand(share)
    .addCommand(leave);
}

/** From the environment, else from the terminal or whatever standard input is. Never from the arguments, which all can see. */
async function readToken({ env, readSecret }: CommandContext): Promise<string> {
  return (
    env[environment.teamToken] || (await readSecret("Token of the team's database (none: press Enter): "))
  );
}

/** The team; a token in this command's environment is handed to a daemon that has none. */
async function withToken({ env }: CommandContext, connection: DaemonConnection): Promise<TeamStatus> {
  const team = await connection.request("team", {});
  const token = env[environment.teamToken];
  if (team.token?.held !== false || !token) return team;
  return await connection.request("giveTeamToken", { body: { token } });
}

async function joinedTeam(context: CommandContext, connection: DaemonConnection): Promise<TeamStatus> {
  const team = await withToken(context, connection);
  if (team.url === null) throw new CommandFailure("No team was joined: taximeter team join libsql://…");
  return team;
}

/** The daemon answers after a while, however much there is. */
async function pushAll(connection: DaemonConnection): Promise<TeamPush> {
  let pushed = 0;
  for (;;) {
    const step = await connection.request("pushToTeam", { body: {} });
    pushed += step.pushed;
    if (step.problem !== null || step.outstanding === 0 || step.pushed === 0) return { ...step, pushed };
  }
}

function pushLines({ pushed, outstanding }: TeamPush): string[] {
  const left = outstanding === 0 ? "" : ` ${counted(outstanding, "row")} more to go.`;
  if (pushed === 0) return [outstanding === 0 ? "The team has all of it." : left.trim()];
  return [`Pushed ${counted(pushed, "row")}.${left}`];
}

/** `null`: nothing was said of it. */
function shareOf({ share, with: details }: ShareOptions): TeamShare | null {
  if (share === undefined && details === undefined) return null;
  const kind = share ?? "rollups";
  const needing = details?.find((detail) => detailsOfCalls.includes(detail));
  if (kind === "rollups" && needing !== undefined) {
    throw new UsageError(`${needing} is of single calls: it needs calls to be shared.`);
  }
  return { kind, details: details ?? [] };
}

function parseDetails(text: string): SharedDetail[] {
  const named = text.split(",").filter((name) => name !== "");
  const known = sharedDetails.filter((detail) => named.includes(detail));
  if (known.length !== new Set(named).size) {
    throw new InvalidArgumentError(`It must be some of ${sharedDetails.join(", ")}.`);
  }
  return known;
}
