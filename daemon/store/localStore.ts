import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import {
  claimNotice,
  deleteBudget,
  forgetNotices,
  readBudgets,
  readRemovedBudgets,
  writeBudget,
} from "./budgetTable.ts";
import { readCallWithAttempts } from "./callAttempts.ts";
import { readCallOfResponse } from "./callOfResponse.ts";
import { readCalls, readUnpricedModels } from "./callPages.ts";
import { createCallWriter } from "./callWriter.ts";
import { readConversations } from "./conversations.ts";
import type { Database } from "./database.ts";
import { bytesOnDisk, fileIdentity } from "./openFile.ts";
import { readPerformance } from "./performance.ts";
import { readCallsToReprice } from "./repricePieces.ts";
import { readSeries } from "./series.ts";
import { readSpend } from "./spend.ts";
import { type Store, StoreInputError } from "./store.ts";
import {
  clearMirror,
  muteBudget,
  readContributors,
  readMirrorBudgets,
  readMirrorState,
  readMutedBudgets,
  readTeamFacts,
  updateMirror,
} from "./teamMirror.ts";
import { createTeamStore } from "./teamStore.ts";

/** The store without its thread: the same operations, done at once. */
export type LocalStore = {
  [Operation in keyof Store]: (
    ...args: Parameters<Store[Operation]>
  ) => Awaited<ReturnType<Store[Operation]>>;
};

export function createLocalStore(database: Database, file: string): LocalStore {
  const team = createTeamStore(database, { newMachine: randomUUID, fileIdentity: fileIdentity(file) });
  const writer = createCallWriter(database, team.outbox);
  return {
    putCalls: (calls) => writer.put(calls),
    callOfResponse: (provider, responseId) => readCallOfResponse(database, provider, responseId),
    completeCall: (completion) => writer.complete(completion),
    closePendingCalls: (lost) => writer.closePending(lost),
    callsToReprice: (query) => readCallsToReprice(database, query),
    replaceCalls: (replacements) => writer.replace(replacements),
    calls: (query) => readCalls(database, query),
    callWithAttempts: (callId) => readCallWithAttempts(database, callId),
    spend: (query) => readSpend(database, query),
    conversations: (query) => readConversations(database, query),
    series: (request) => readSeries(database, request),
    performance: (request) => readPerformance(database, request),
    unpricedModels: (range) => readUnpricedModels(database, range),
    budgets: () => readBudgets(database),
    removedBudgets: () => readRemovedBudgets(database),
    putBudget: (budget) => writeBudget(database, budget),
    removeBudget: (id) => deleteBudget(database, id),
    claimBudgetNotice: (id, periodStart, threshold) => claimNotice(database, id, periodStart, threshold),
    forgetBudgetNotices: (id, abovePercent) => forgetNotices(database, id, abovePercent),
    team: team.membership,
    setTeam: (membership) => {
      team.setMembership(membership);
      // What others spend is not for those who have left.
      if (membership === null) clearMirror(database);
    },
    teamMachine: team.machine,
    teamPiece: team.piece,
    settleTeamPiece: team.settle,
    rememberTeamClaim: team.rememberClaim,
    knowsTeamClaim: team.knowsClaim,
    pushAllToTeam: team.pushAll,
    outstandingForTeam: team.outbox.outstanding,
    becomeTeamMachine: () => team.becomeMachine(writer.moveToMachine),
    teamMirrorState: (url, days) => readMirrorState(database, url, days),
    updateTeamMirror: (update) => updateMirror(database, update),
    clearTeamMirror: () => clearMirror(database),
    teamFacts: (query) => readTeamFacts(database, query),
    teamContributors: () => readContributors(database),
    teamMirrorBudgets: () => readMirrorBudgets(database),
    mutedTeamBudgets: () => readMutedBudgets(database),
    muteTeamBudget: (id, muted) => muteBudget(database, id, muted),
    statistics: () => {
      const first = database.first<{ ms: number | null }>("SELECT min(started_at_ms) AS ms FROM calls");
      return { calls: writer.count(), bytes: bytesOnDisk(file), firstStartedAtMs: first?.ms ?? null };
    },
    backup: (copy) => {
      if (existsSync(copy)) throw new StoreInputError("file", "exists already");
      database.run("VACUUM INTO ?", [copy]);
    },
    close: () => database.close(),
  };
}
