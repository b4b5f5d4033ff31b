import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Dashboard } from "../state/dashboard.ts";

const DashboardContext = createContext<Dashboard | null>(null);

export const DashboardProvider = DashboardContext.Provider;

export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext);
  if (dashboard === null) throw new Error("A component of the dashboard stands outside of it");
  return dashboard;
}
