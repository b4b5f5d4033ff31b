import { t } from "../localisation/t.ts";
import { TextField } from "./controls.tsx";
import { useDashboard } from "./dashboardContext.ts";

/** A search is offered where the eye alone no longer finds. */
const SEARCH_FROM = 8;

/** Narrows a table of `of` rows down to those that contain some text. */
export function SearchField({ of, label }: { of: number; label: string }) {
  const { search } = useDashboard();
  if (of < SEARCH_FROM && search.value === "") return null;
  return (
    <div class="search">
      <TextField
        label={label}
        placeholder={t("Filter…")}
        testId="breakdown-search"
        value={search.value}
        onInput={(text) => {
          search.value = text;
        }}
      />
    </div>
  );
}
