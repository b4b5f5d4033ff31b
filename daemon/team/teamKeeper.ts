import { randomUUID } from "node:crypto";
import {
  defaultTeamShare,
  detailsOfCalls,
  sharedDetails,
  type TeamJoinInput,
  type TeamPreview,
  type TeamProblem,
  type TeamPush,
  type TeamShare,
  type TeamStatus,
  type TeamTokenPlace,
} from "../../shared/team.ts";
import type { Store } from "../store/store.ts";
import type { TeamMembership } from "../store/teamRecords.ts";
import { forgetMachine } from "./erase.ts";
import { createPushing } from "./pushing.ts";
import { createPushTimer, type PushTimer, type Timers } from "./pushTimer.ts";
import { ensureTeamSchema, readTeamSchema, TEAM_SCHEMA } from "./schema.ts";
import { publicCallToShare, publicRollup, toShare } from "./sharing.ts";
import { openTeamDatabase, type TeamDatabase } from "./teamDatabase.ts";
import { sentences, TeamFailure } from "./teamFailure.ts";
import { expiryWarning, tokenExpiryMs } from "./teamToken.ts";
import { isUnprotected } from "./teamUrl.ts";
import type { TokenKeeper } from "./tokenKeeper.ts";

/** The team, as the rest of the daemon sees it. */
export interface TeamKeeper {
  /** From now on it pushes what changed. */
  start(): Promise<void>;
  status(): Promise<TeamStatus>;
  /** One sentence each, for the daemon's own status. */
  warnings(): string[];
  /** Rejects with `TeamFailure` where the team cannot be joined; then all is as it was. */
  join(input: TeamJoinInput & { url: string }): Promise<TeamStatus>;
  /** Whoever joined gives the token again, after a restart or in the place of one that expired. */
  giveToken(token: string): Promise<TeamStatus>;
  share(share: TeamShare): Promise<TeamStatus>;
  preview(limit: number, share?: Partial<TeamShare>): Promise<TeamPreview>;
  push(): Promise<TeamPush>;
  /** With `erase` it first takes back all that this machine has told; where that fails, nothing is left. */
  leave(erase: boolean): Promise<TeamStatus>;
  /** The database of the team for those who read it; `null` where none was joined, or its token is not known. */
  database(): TeamDatabase | null;
  /** Stored calls have changed. */
  callsCommitted(): void;
  /** Resolves when no push is under way. */
  settled(): Promise<void>;
  /** Pushes what it can in a moment, and ends. */
  close(): Promise<void>;
}

export interface TeamSurroundings {
  store: Store;
  developer: string;
  version: string;
  /** The zone that a team's days are of, where this daemon makes its schema. */
  timeZone: string;
  tokens: TokenKeeper;
  nowMs(): number;
  timers: Timers;
  /** From 0 to 1, evenly. */
  random(): number;
  onChanged(): void;
  /** All that was outstanding has reached the team, others' too, perhaps. */
  onPushed?(): void;
  log(line: string): void;
  /** Longest wait for an answer; for tests. */
  requestTimeoutMs?: number;
}

const REQUEST_TIMEOUT_MS = 15_000;
/** Longest that the end of the daemon waits for a last push. */
const LAST_PUSH_MS = 1_000;

export function createTeamKeeper(surroundings: TeamSurroundings): TeamKeeper {
  const { store, developer, version, timeZone, tokens, nowMs, timers, random, onChanged, log } = surroundings;
  const timeoutMs = surroundings.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const pushing = createPushing({ store, developer, version, nowMs, newClaim: randomUUID, log });
  let membership: TeamMembership | null = null;
  let token: { value: string; place: TeamTokenPlace } | null = null;
  let open: { database: TeamDatabase; checked: boolean } | null = null;
  let problem: TeamProblem | null = null;
  let running: Promise<TeamPush> | null = null;
  let closing = false;
  const timer: PushTimer = createPushTimer({ timers, nowMs, random, onDue: () => void pushAll() });

  const canOpen = () => membership !== null && (membership.tokenPlace === null || token !== null);

  function database(): TeamDatabase | null {
    if (membership === null || !canOpen()) return null;
    open ??= { database: openDatabase(membership.url, token?.value ?? null, timeoutMs), checked: false };
    return open.database;
  }

  function closeDatabase(): void {
    open?.database.close();
    open = null;
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

  async function check(database: TeamDatabase): Promise<void> {
    const schema = await readTeamSchema(database);
    if (schema !== null && schema.version > TEAM_SCHEMA) {
      throw new TeamFailure("schemaTooNew", sentences.schemaTooNew);
    }
    if (schema === null) await ensureTeamSchema(database, membership?.timeZone ?? timeZone);
  }

  async function pushOnce(): Promise<TeamPush> {
    let pushed = 0;
    try {
      const to = database();
      if (to === null || membership === null) {
        if (membership !== null) throw new TeamFailure("noToken", sentences.noToken);
        return { pushed, outstanding: 0, problem: null };
      }
      if (open !== null && !open.checked) {
        await check(to);
        open.checked = true;
      }
      await pushing.pushAll(
        to,
        membership,
        () => open?.database === to,
        (rows) => {
          pushed += rows;
        },
      );
      membership = await store.team();
      timer.succeeded();
      tell(null);
      surroundings.onPushed?.();
    } catch (error) {
      const failure = asFailure(error);
      // The next time begins anew: with another connection, and a look at the schema.
      closeDatabase();
      timer.failed(failure.kind);
      tell(failure);
    }
    return { pushed, outstanding: await store.outstandingForTeam(), problem };
  }

  function pushAll(): Promise<TeamPush> {
    running ??= pushOnce().finally(() => {
      running = null;
    });
    return running;
  }

  /** A mistake of ours must not end the daemon; the outbox keeps what it has. */
  function asFailure(error: unknown): TeamFailure {
    if (error instanceof TeamFailure) return error;
    log(`team: ${error instanceof Error ? error.stack : String(error)}`);
    return new TeamFailure("failing", sentences.failing);
  }

  /** No push is under way any more, and none goes on with what held until now. */
  async function hold(): Promise<void> {
    closeDatabase();
    await running;
  }

  const status = async (): Promise<TeamStatus> => {
    const expiresAtMs = token === null ? null : tokenExpiryMs(token.value);
    const joined = membership;
    return {
      url: joined?.url ?? null,
      developer,
      machine: joined === null ? null : (await store.teamMachine()).machine,
      joinedAt: joined === null ? null : new Date(joined.joinedAtMs).toISOString(),
      timeZone: joined?.timeZone ?? null,
      share: joined?.share ?? defaultTeamShare,
      token:
        joined === null || token === null
          ? null
          : {
              place: token.place,
              expiresAt: expiresAtMs === null ? null : new Date(expiresAtMs).toISOString(),
            },
      outstanding: joined === null ? 0 : await store.outstandingForTeam(),
      lastPushedAt: joined?.lastPushedAtMs == null ? null : new Date(joined.lastPushedAtMs).toISOString(),
      problem,
      warnings: warnings(),
    };
  };

  function warnings(): string[] {
    if (membership === null) return [];
    const expiry = expiryWarning(token === null ? null : tokenExpiryMs(token.value), nowMs());
    const clear = token !== null && isUnprotected(membership.url);
    return [
      ...(problem === null ? [] : [problem.message]),
      ...(expiry === null ? [] : [expiry]),
      ...(clear
        ? ["The team's database is spoken to without encryption: its token can be read on the way."]
        : []),
    ];
  }

  async function join({ url, token: given, keepToken = false, share }: TeamJoinInput): Promise<TeamStatus> {
    const value = given ?? null;
    const to = openDatabase(url, value, timeoutMs);
    let refused: TeamFailure | null = null;
    const before = await store.team();
    const same = before?.url === url;
    const next: TeamMembership = {
      url,
      timeZone,
      share: normalShare(share ?? (same ? before.share : defaultTeamShare)),
      joinedAtMs: same ? before.joinedAtMs : nowMs(),
      tokenPlace: null,
      lastPushedAtMs: same ? before.lastPushedAtMs : null,
      takingBack: false,
    };
    try {
      const schema = await ensureTeamSchema(to, timeZone);
      next.timeZone = schema.timeZone;
      if (schema.version > TEAM_SCHEMA) refused = new TeamFailure("schemaTooNew", sentences.schemaTooNew);
      else {
        await hold();
        refused = await pushing.introduce(to, next).then(() => null, mayRead);
      }
    } finally {
      to.close();
    }
    next.takingBack = same && (before.takingBack || !sameShare(before.share, next.share));
    if (value !== null) next.tokenPlace = await tokens.keep(url, value, keepToken);
    token = value === null || next.tokenPlace === null ? null : { value, place: next.tokenPlace };
    await store.setTeam(next);
    await store.pushAllToTeam();
    membership = next;
    problem = null;
    if (refused !== null) {
      timer.failed(refused.kind);
      tell(refused);
    } else timer.soon();
    log(`team: joined ${url}`);
    onChanged();
    return await status();
  }

  return {
    status,
    warnings,
    join,
    database,
    async start() {
      membership = await store.team();
      if (membership === null) return;
      const { url, tokenPlace } = membership;
      if (tokenPlace !== null && token === null) token = await tokens.find(url, tokenPlace);
      timer.soon();
    },
    async giveToken(value) {
      if (membership === null) throw new TeamFailure("noToken", "No team was joined.");
      await hold();
      const place = membership.tokenPlace === "keychain" ? "keychain" : "memory";
      const kept = await tokens.keep(membership.url, value, place === "keychain");
      token = { value, place: kept };
      membership = { ...membership, tokenPlace: kept };
      await store.setTeam(membership);
      await pushAll();
      return await status();
    },
    async share(share) {
      if (membership === null) throw new TeamFailure("noToken", "No team was joined.");
      const next = normalShare(share);
      if (!sameShare(membership.share, next)) {
        await hold();
        membership = { ...membership, share: next, takingBack: true };
        await store.setTeam(membership);
        await store.pushAllToTeam();
        timer.soon();
        onChanged();
      }
      return await status();
    },
    async preview(limit, over) {
      const share = normalShare({ ...(membership?.share ?? defaultTeamShare), ...over });
      await store.teamMachine();
      const outstanding = membership === null ? 0 : await store.outstandingForTeam();
      const piece = await store.teamPiece({ limit, latest: outstanding === 0 || over?.kind !== undefined });
      const { rollups, calls } = piece === null ? { rollups: [], calls: [] } : toShare(piece, share);
      return {
        share,
        outstanding,
        rollups: rollups.map(publicRollup),
        calls: calls.map(publicCallToShare),
      };
    },
    async push() {
      await running;
      return await pushAll();
    },
    async leave(erase) {
      if (membership === null) return await status();
      if (erase) {
        const to = database();
        if (to === null) throw new TeamFailure("noToken", sentences.noToken);
        await running;
        await pushing.introduce(to, membership);
        await forgetMachine(to, (await store.teamMachine()).machine);
      }
      await hold();
      timer.stop();
      const { url } = membership;
      membership = null;
      token = null;
      problem = null;
      await store.setTeam(null);
      await tokens.forget(url);
      log(`team: left ${url}${erase ? ", with all that this machine had told it" : ""}`);
      onChanged();
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
      if (canOpen() && problem === null && (await store.outstandingForTeam()) > 0) {
        const over = new Promise<void>((resolve) => timers.set(LAST_PUSH_MS, resolve));
        await Promise.race([pushAll(), over]);
      }
      closeDatabase();
      await running;
      timer.stop();
    },
  };
}

function openDatabase(url: string, token: string | null, timeoutMs: number): TeamDatabase {
  return openTeamDatabase({ url, token, timeoutMs });
}

/** Who may only read joins to read. */
function mayRead(error: unknown): TeamFailure {
  if (error instanceof TeamFailure && (error.kind === "readOnlyToken" || error.kind === "schemaTooNew")) {
    return error;
  }
  throw error;
}

/** In one order, without what the kind has no use for. */
function normalShare({ kind, details }: TeamShare): TeamShare {
  return {
    kind,
    details: sharedDetails.filter(
      (detail) => details.includes(detail) && (kind === "calls" || !detailsOfCalls.includes(detail)),
    ),
  };
}

function sameShare(a: TeamShare, b: TeamShare): boolean {
  return a.kind === b.kind && a.details.join() === b.details.join();
}
