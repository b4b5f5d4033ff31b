import { messageOf } from "../../shared/messageOf.ts";
import { putAside } from "./putAside.ts";
import type { StoreOperation } from "./rpc.ts";
import { type Store, StoreUnavailableError } from "./store.ts";
import { DamagedStoreError, type StoreThread, startStoreThread } from "./storeThread.ts";

export interface StoreOptions {
  /** The database, created where there is none; its folder must exist. */
  file: string;
  /** `dist/store-worker.mjs`, or `worker.ts` where Node strips types. */
  workerUrl: URL;
  /** Told what went wrong and was put right (a damaged database put aside), one sentence for a user. */
  onWarning?: (warning: string) => void;
}

/**
 * Starts the store's thread and waits until the database is open and up to date. A damaged one is put aside and a new one
 * begun. Rejects with `StoreTooNewError` or `StoreUnavailableError`, whose messages say why.
 *
 * When the thread dies (an error of the connection, a crash), everything it was asked rejects at once, and the next
 * request starts another. Requests that come while it starts wait for that one start; if it fails they all reject, and
 * the request after them tries again.
 */
export async function openStore({ file, workerUrl, onWarning = () => {} }: StoreOptions): Promise<Store> {
  let closing: Promise<void> | null = null;
  let current: Promise<StoreThread> | null = null;
  /** The end of the thread before: there must never be two connections. */
  let lastEnded: Promise<void> = Promise.resolve();
  /** Whether the file proved to be damaged while it was open, so that the next opening must check all of it. */
  let suspect = false;

  const startThread = async (): Promise<StoreThread> => {
    await lastEnded;
    const { opened, ended } = startStoreThread(workerUrl, { file, suspect }, (cause) => {
      current = null;
      suspect = cause instanceof DamagedStoreError;
    });
    lastEnded = ended;
    return opened;
  };

  const start = async (): Promise<StoreThread> => {
    try {
      return await startThread();
    } catch (error) {
      if (!(error instanceof DamagedStoreError)) throw error;
      await lastEnded;
      const aside = putAsideOrThrow(file);
      onWarning(
        `The database was damaged and was put aside as ${aside}; a new one was begun. What had been stored is in that file.`,
      );
      return startThread();
    }
  };

  const running = (): Promise<StoreThread> => {
    current ??= start().catch((error) => {
      current = null;
      throw error;
    });
    return current;
  };

  const ask = async <Operation extends StoreOperation>(
    operation: Operation,
    ...args: Parameters<Store[Operation]>
  ): Promise<Awaited<ReturnType<Store[Operation]>>> => {
    if (closing !== null) throw new StoreUnavailableError("The store is closed.");
    const thread = await running();
    return await thread.ask(operation, args);
  };

  const close = async (): Promise<void> => {
    const thread = await current?.catch(() => null);
    // A thread that dies over its closing is closed as well.
    await thread?.ask("close", []).catch(() => {});
    await lastEnded;
  };

  await running();
  return {
    putCalls: (calls) => ask("putCalls", calls),
    callOfResponse: (provider, responseId) => ask("callOfResponse", provider, responseId),
    completeCall: (completion) => ask("completeCall", completion),
    closePendingCalls: (lost) => ask("closePendingCalls", lost),
    callsToReprice: (query) => ask("callsToReprice", query),
    replaceCalls: (replacements) => ask("replaceCalls", replacements),
    calls: (query) => ask("calls", query),
    callWithAttempts: (callId) => ask("callWithAttempts", callId),
    spend: (query) => ask("spend", query),
    conversations: (query) => ask("conversations", query),
    series: (request) => ask("series", request),
    performance: (request) => ask("performance", request),
    unpricedModels: (range) => ask("unpricedModels", range),
    budgets: () => ask("budgets"),
    removedBudgets: () => ask("removedBudgets"),
    putBudget: (budget) => ask("putBudget", budget),
    removeBudget: (id) => ask("removeBudget", id),
    claimBudgetNotice: (id, periodStart, threshold) => ask("claimBudgetNotice", id, periodStart, threshold),
    forgetBudgetNotices: (id, abovePercent) => ask("forgetBudgetNotices", id, abovePercent),
    team: () => ask("team"),
    setTeam: (membership) => ask("setTeam", membership),
    teamMachine: () => ask("teamMachine"),
    teamPiece: (query) => ask("teamPiece", query),
    settleTeamPiece: (receipt, nowMs) => ask("settleTeamPiece", receipt, nowMs),
    rememberTeamClaim: (claim) => ask("rememberTeamClaim", claim),
    knowsTeamClaim: (claim) => ask("knowsTeamClaim", claim),
    pushAllToTeam: () => ask("pushAllToTeam"),
    outstandingForTeam: () => ask("outstandingForTeam"),
    becomeTeamMachine: () => ask("becomeTeamMachine"),
    teamMirrorState: (url, days) => ask("teamMirrorState", url, days),
    updateTeamMirror: (update) => ask("updateTeamMirror", update),
    clearTeamMirror: () => ask("clearTeamMirror"),
    teamFacts: (query) => ask("teamFacts", query),
    teamContributors: () => ask("teamContributors"),
    teamMirrorBudgets: () => ask("teamMirrorBudgets"),
    mutedTeamBudgets: () => ask("mutedTeamBudgets"),
    muteTeamBudget: (id, muted) => ask("muteTeamBudget", id, muted),
    statistics: () => ask("statistics"),
    backup: (copy) => ask("backup", copy),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}

function putAsideOrThrow(file: string): string {
  try {
    return putAside(file, new Date());
  } catch (error) {
    const detail = messageOf(error);
    throw new StoreUnavailableError(
      `The database ${file} is damaged, and it could not be put aside: ${detail}.`,
    );
  }
}
