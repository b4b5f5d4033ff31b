import { messageOf } from "../../shared/messageOf.ts";
import { sqliteCode } from "./database.ts";
import { isCorruption } from "./openFile.ts";
import type { StoreFailure } from "./rpc.ts";
import { StoreInputError, StoreTooNewError } from "./store.ts";

/** What an error means to a user. */
export function failureOf(error: unknown, file: string): StoreFailure {
  if (error instanceof StoreInputError) {
    return { kind: "input", field: error.field, message: error.message };
  }
  if (error instanceof StoreTooNewError) return { kind: "tooNew", message: error.message };
  const detail = messageOf(error);
  if (isCorruption(error)) {
    return { kind: "damaged", message: `The database ${file} is damaged: ${detail}.` };
  }
  const reason = unavailability(error, file, detail);
  return reason === null ? { kind: "bug", message: detail } : { kind: "unavailable", message: reason };
}

function unavailability(error: unknown, file: string, detail: string): string | null {
  // The first two words of the code; what follows tells kinds of the same apart (SQLITE_IOERR_WRITE).
  switch (sqliteCode(error)?.split("_", 2).join("_")) {
    case "SQLITE_BUSY":
    case "SQLITE_LOCKED":
      return `The database ${file} is locked by another process.`;
    case "SQLITE_FULL":
      return `The disk of ${file} is full.`;
    case "SQLITE_READONLY":
      return `The database ${file} is read-only.`;
    case "SQLITE_CANTOPEN":
      return `The database ${file} can't be opened: the folder must exist and be writable.`;
    case "SQLITE_IOERR":
      return `The database ${file} can't be read or written: ${detail}.`;
    default:
  }
  if (!isMissingNative(error)) return null;
  return `This machine (${process.platform} ${process.arch}) has no prebuilt libsql, so Taximeter can't store anything here.`;
}

function isMissingNative(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND";
}
