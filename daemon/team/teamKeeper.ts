import { randomUUID } from "node:crypto";
import type { TeamJoinInput, TeamProblem, TeamStatus } from "../../shared/team.ts";
import type { TeamMembership } from "../store/teamRecords.ts";
import { forgetMachine } from "./erase.ts";
import { joinTeam, normalShare, sameShare } from "./joining.ts";
import { previewTeam } from "./preview.ts";
import { createPushing } from "./pushing.ts";
import { createPushTimer, type PushTimer } from "./pushTimer.ts";
import { ensureTeamSchema, readTeamSchema, TEAM_SCHEMA } from "./schema.ts";
import type { TeamKeeper, TeamSurroundings } from "./team.ts";
import { openTeamDatabase, type TeamDatabase } from "./teamDatabase.ts";
import { sentences, TeamFailure } from "./teamFailure.ts";
import { type KnownToken, teamStatus, teamWarnings } from "./teamStatus.ts";

const REQUEST_TIMEOUT_MS = 15_000;
/** Longest that whoever asked for a push waits for it; it goes on behind the answer. */
const ASKED_PUSH_MS = 10_000;
const TOKEN_GRACE_MS = 20_000;
/** Longest that the end of the daemon waits for a last push. */
const LAST_PUSH_MS = 1_000;

export function createTeamKeeper(surroundings: TeamSurroundings): TeamKeeper {
  const { store, developer, version, timeZone, tokens, nowMs, timers, random, onChanged, log } = surroundings;
  const timeoutMs = surroundings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const pushing = createPushing({ store, developer, version, nowMs, newClaim: randomUUID, log });
  const timer: PushTimer = createPushTimer({ timers, nowMs, random, onDue: () => void pushAll() });
  let membership: TeamMembership | null = null;
  let token: KnownToken | null = null;
  let problem: TeamProblem | null = null;
  let open: { database: TeamDatabase; checked: boolean } | null = null;
  /** What is being done with the team's database: one thing at a time. */
  let running: Promise<void> | null = null;
  let toBeJoined = surroundings.urlFromEnvironment;
  let closing = false;

  function database(): TeamDatabase | null {
    if (membership === null || (membership.tokenPlace !== null && token === null)) return null;
    open ??= {
      database: openTeamDatabase({ url: membership.url, token: token?.value ?? null, timeoutMs }),
      checked: false,
    };
    return open.database;
  }

  function closeDatabase(): void {
    open?.database.close();
    open = null;
  }

  function joined(): { to: TeamDatabase; as: TeamMembership } {
    const to = database();
    if (membership === null) throw new TeamFailure("noToken", "No team was joined.");
    if (to === null) throw new TeamFailure("noToken", sentences.noToken);
    return { to, as: membership };
  }

  /** After what is being done, which a push is cut short for. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    closeDatabase();
    const turn = (running ?? Promise.resolve()).then(work);
    const ended: Promise<void> = turn
      .then(
        () => {},
        () => {},
      )
      .finally(() => {
        if (running === ended) running = null;
      });
    running = ended;
    return turn;
  }

  /** One line in the log and one warning for the user, however often it is tried. */
  function tell(failure: TeamFailure | null): void {
    if ((failure?.kind ?? null) === (problem?.kind ?? null)) return;
    problem =
      failure === null
        ? null
        : { kind: failure.kind, message: failure.message, since: new Date(nowMs()).toISOString() };
    log(failure === null ? "team: its database is reached again" : `team: ${failure.message}`);
    onChanged();
  }

  async function check(to: TeamDatabase): Promise<void> {
    const schema = await readTeamSchema(to);
    if (schema === null) await ensureTeamSchema(to, membership?.timeZone ?? timeZone);
    else if (schema.version > TEAM_SCHEMA) throw new TeamFailure("schemaTooNew", sentences.schemaTooNew);
  }

  async function pushOnce(): Promise<void> {
    try {
      if (toBeJoined !== null) {
        const found = await tokens.find(toBeJoined, "environment");
        await join({ url: toBeJoined, ...(found === null ? {} : { token: found.value }) });
      }
      if (membership === null) return;
      const { to, as } = joined();
      if (open !== null && !open.checked) {
        await check(to);
        open.checked = true;
      }
      await pushing.pushAll(to, as, () => open?.database === to);
      membership = await store.team();
      timer.succeeded();
      tell(null);
      surroundings.onPushed?.();
    } catch (error) {
      const failure = asFailure(error);
      // The next time begins anew: with another connection, and a look at the schema.
      const cutShort = open === null && failure.kind === "unreachable";
      closeDatabase();
      timer.failed(failure.kind);
      if (!cutShort) tell(failure);
    }
  }

  function pushAll(): Promise<void> {
    running ??= pushOnce().finally(() => {
      running = null;
    });
    return running;
  }

  /** With all that changed until now, whatever a push that is under way has seen of it. */
  function pushAfterwards(): Promise<void> {
    return (running ?? Promise.resolve()).then(pushAll);
  }

  /** A mistake of ours must not end the daemon; the outbox keeps what it has. */
  function asFailure(error: unknown): TeamFailure {
    if (error instanceof TeamFailure) return error;
    log(`team: ${error instanceof Error ? error.stack : String(error)}`);
    return new TeamFailure("failing", sentences.failing);
  }

  async function status(): Promise<TeamStatus> {
    const { machine } = await store.teamMachine();
    const outstanding = await store.outstandingForTeam();
    return teamStatus({ membership, token, problem }, { developer, machine, outstanding, nowMs: nowMs() });
  }

  async function prepare(): Promise<void> {
    membership = await store.team();
    if (membership?.url === toBeJoined) toBeJoined = null;
  }

  async function join({ url, token: value, keepToken = false, share }: TeamJoinInput): Promise<void> {
    const to = openTeamDatabase({ url, token: value ?? null, timeoutMs });
    try {
      const request = { url, share, before: await store.team(), timeZone, nowMs: nowMs() };
      const { membership: next, refused } = await joinTeam(to, request, pushing);
      token = value === undefined ? null : { value, place: await tokens.keep(url, value, keepToken) };
      membership = { ...next, tokenPlace: token?.place ?? null };
      await store.setTeam(membership);
      await store.pushAllToTeam();
      toBeJoined = null;
      problem = null;
      log(`team: joined ${url}`);
      if (refused === null) timer.soon();
      else {
        timer.failed(refused.kind);
        tell(refused);
      }
    } finally {
      to.close();
    }
    onChanged();
  }

  return {
    status,
    warnings: () => teamWarnings({ membership, token, problem }, nowMs()),
    database,
    prepare,
    async start() {
      await prepare();
      if (membership !== null && membership.tokenPlace !== null && token === null) {
        token = await tokens.find(membership.url, membership.tokenPlace);
      }
      if (membership === null && toBeJoined === null) return;
      // Whoever keeps the token may be about to give it.
      if (membership !== null && database() === null) timer.later(TOKEN_GRACE_MS);
      else timer.soon();
    },
    async join(input) {
      await inTurn(() => join(input));
      return await status();
    },
    async giveToken(value) {
      await inTurn(async () => {
        if (membership === null) throw new TeamFailure("noToken", "No team was joined.");
        const place = await tokens.keep(membership.url, value, membership.tokenPlace === "keychain");
        token = { value, place };
        membership = { ...membership, tokenPlace: place };
        await store.setTeam(membership);
      });
      await pushAfterwards();
      return await status();
    },
    async share(share) {
      const next = normalShare(share);
      await inTurn(async () => {
        if (membership === null) throw new TeamFailure("noToken", "No team was joined.");
        if (sameShare(membership.share, next)) return;
        membership = { ...membership, share: next, takingBack: true };
        await store.setTeam(membership);
        await store.pushAllToTeam();
        timer.soon();
        onChanged();
      });
      return await status();
    },
    preview: (limit, over) => previewTeam(store, membership, limit, over),
    async push() {
      const before = await store.outstandingForTeam();
      const pushed = pushAfterwards();
      await Promise.race([pushed, new Promise<void>((resolve) => timers.set(ASKED_PUSH_MS, resolve))]);
      const outstanding = membership === null ? 0 : await store.outstandingForTeam();
      return { pushed: Math.max(0, before - outstanding), outstanding, problem };
    },
    async leave(erase) {
      await inTurn(async () => {
        if (membership === null) return;
        const { url } = membership;
        if (erase) {
          const { to, as } = joined();
          // Under a new claim first: what is still on its way from before comes too late then.
          await pushing.introduce(to, as);
          await forgetMachine(to, (await store.teamMachine()).machine);
        }
        timer.stop();
        closeDatabase();
        membership = null;
        token = null;
        problem = null;
        await store.setTeam(null);
        await tokens.forget(url);
        log(`team: left ${url}${erase ? ", with all that this machine had told it" : ""}`);
        onChanged();
      });
      return await status();
    },
    callsCommitted() {
      if (membership !== null && !closing) timer.changed();
    },
    async settled() {
      await running;
    },
    async close() {
      closing = true;
      timer.stop();
      if (database() !== null && problem === null && (await store.outstandingForTeam()) > 0) {
        const over = new Promise<void>((resolve) => timers.set(LAST_PUSH_MS, resolve));
        await Promise.race([pushAll(), over]);
      }
      closeDatabase();
      await running;
      timer.stop();
    },
  };
}
