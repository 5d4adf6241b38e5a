import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useReducer, useRef } from "react";
import { useQueryClient } from "@tanstack/react-query";
import { maxUpload, send } from "./send";

// Files on their way. The tray sits above the screens, so that leaving one stops nothing.

export type Item = {
  id: string;
  pack: string;
  file: File;
  state: "waiting" | "sending" | "done" | "already" | "failed" | "cancelled" | "too-large";
  share: number;
  error?: unknown;
};

type Change =
  | { kind: "add"; items: Item[] }
  | { kind: "set"; id: string; to: Partial<Item> }
  | { kind: "clear" };

const over = new Set<Item["state"]>(["done", "already", "cancelled", "failed", "too-large"]);

export function isOver(item: Item): boolean {
  return over.has(item.state);
}

export function changed(items: Item[], change: Change): Item[] {
  switch (change.kind) {
    case "add":
      return [...items, ...change.items];
    case "set":
      return items.map((item) => (item.id === change.id ? { ...item, ...change.to } : item));
    case "clear":
      return items.filter((item) => !isOver(item));
  }
}

/** Files sent at once; the others wait. */
const lanes = 3;

type Tray = {
  items: Item[];
  add: (pack: string, files: File[]) => void;
  cancel: (id: string) => void;
  retry: (id: string) => void;
  clear: () => void;
};

const TrayContext = createContext<Tray | undefined>(undefined);

export function useTray(): Tray {
  const tray = useContext(TrayContext);
  if (!tray) throw new Error("useTray outside of TrayProvider");
  return tray;
}

export function TrayProvider({ children }: { children: ReactNode }) {
  const [items, change] = useReducer(changed, []);
  const running = useRef(new Map<string, AbortController>());
  const client = useQueryClient();

  const start = useCallback(
    async (item: Item) => {
      const controller = new AbortController();
      running.current.set(item.id, controller);
      const set = (to: Partial<Item>) => change({ kind: "set", id: item.id, to });
      set({ state: "sending", share: 0, error: undefined });
      try {
        const kept = await send(item.pack, item.file, item.id, controller.signal, (share) => set({ share }));
        set({ state: kept.already ? "already" : "done", share: 1 });
        void client.invalidateQueries({ queryKey: ["pack", item.pack] });
        void client.invalidateQueries({ queryKey: ["documents"] });
      } catch (error) {
        const cancelled = error instanceof DOMException && error.name === "AbortError";
        set(cancelled ? { state: "cancelled" } : { state: "failed", error });
      } finally {
        running.current.delete(item.id);
      }
    },
    [client],
  );

  useEffect(() => {
    const free = lanes - items.filter((i) => i.state === "sending").length;
    for (const item of items.filter((i) => i.state === "waiting").slice(0, Math.max(free, 0))) {
      if (!running.current.has(item.id)) void start(item);
    }
  }, [items, start]);

  const busy = items.some((i) => !isOver(i));
  useEffect(() => {
    if (!busy) return;
    const ask = (e: BeforeUnloadEvent) => e.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [busy]);

  const tray = useMemo<Tray>(
    () => ({
      items,
      add: (pack, files) =>
        change({
          kind: "add",
          items: files.map((file) => ({
            id: window.crypto.randomUUID(),
            pack,
            file,
            share: 0,
            state: file.size > maxUpload ? "too-large" : "waiting",
          })),
        }),
      cancel: (id) => {
        const controller = running.current.get(id);
        if (controller) controller.abort();
        else change({ kind: "set", id, to: { state: "cancelled" } });
      },
      retry: (id) => change({ kind: "set", id, to: { state: "waiting", error: undefined } }),
      clear: () => change({ kind: "clear" }),
    }),
    [items],
  );
  return <TrayContext value={tray}>{children}</TrayContext>;
}
