import { type CallRow, callOfRow, SELECT_CALLS } from "./callRows.ts";
import type { Database } from "./database.ts";
import type { StoredCall } from "./store.ts";

/** The call that this response is known to be of, where its id is an identity. */
export function readCallOfResponse(
  database: Database,
  provider: string,
  responseId: string,
): StoredCall | null {
  const row = database.first<CallRow>(
    `${SELECT_CALLS} WHERE c.response_is_identity = 1 AND c.provider = ? AND c.response_id = ?`,
    [provider, responseId],
  );
  return row === undefined ? null : callOfRow(row);
}
