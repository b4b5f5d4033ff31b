import type { Database } from "./database.ts";
import { createTeamOutbox, type TeamOutbox } from "./teamOutbox.ts";
import type { OutboxPiece, OutboxQuery, OutboxReceipt, TeamMachine, TeamMembership } from "./teamRecords.ts";
import {
  becomeMachine,
  ensureMachine,
  isCopiedFile,
  knowsClaim,
  machineNumber,
  readMembership,
  readPiece,
  readPushedUpTo,
  rememberClaim,
  settlePiece,
  writeMembership,
} from "./teamTable.ts";

export interface TeamStoreSurroundings {
  /** Draws the id of a machine. */
  newMachine(): string;
  /** What tells the store's file from its copies. */
  fileIdentity: string;
}

/** What a store keeps of its team. */
export interface TeamStore {
  outbox: TeamOutbox;
  membership(): TeamMembership | null;
  setMembership(membership: TeamMembership | null): void;
  machine(): TeamMachine;
  piece(query: OutboxQuery): OutboxPiece | null;
  settle(receipt: OutboxReceipt & { claim: string | null }, nowMs: number): void;
  knowsClaim(claim: string): boolean;
  rememberClaim(claim: string): void;
  pushAll(): void;
  /** `move` puts the calls after the given one down to the machine of this number. */
  becomeMachine(move: (number: number, sinceId: number) => void): TeamMachine;
}

/** A store that is opened as another file than it was before has been copied: it is another machine from then on. */
export function createTeamStore(
  database: Database,
  { newMachine, fileIdentity }: TeamStoreSurroundings,
): TeamStore {
  let joined = readMembership(database);
  const outbox = createTeamOutbox(database, () => joined?.share.kind ?? null);
  database.transaction(() => {
    if (isCopiedFile(database, fileIdentity)) leaveFormerMachine();
  });

  function leaveFormerMachine(): void {
    if (database.first("SELECT 1 FROM team_machines") === undefined) return;
    becomeMachine(database, newMachine(), outbox.nextRevision());
  }

  return {
    outbox,
    membership: () => joined,
    setMembership: (membership) => {
      database.transaction(() => {
        writeMembership(database, membership);
        if (membership === null) outbox.clear();
      });
      joined = membership;
    },
    machine: () => ensureMachine(database, newMachine()),
    piece: (query) => readPiece(database, outbox, query),
    settle: (receipt, nowMs) => {
      settlePiece(database, outbox, receipt, nowMs);
      joined = readMembership(database);
    },
    knowsClaim: (claim) => knowsClaim(database, claim),
    rememberClaim: (claim) => rememberClaim(database, claim),
    pushAll: () =>
      database.transaction(() => {
        ensureMachine(database, newMachine());
        outbox.addAll();
      }),
    becomeMachine: (move) =>
      database.transaction(() => {
        const since = readPushedUpTo(database);
        leaveFormerMachine();
        // What it has not pushed yet is no longer the former machine's.
        outbox.clear();
        move(machineNumber(database), since);
        return ensureMachine(database, newMachine());
      }),
  };
}
