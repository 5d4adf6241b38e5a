import { useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useReducer, useRef } from "react";
import { type Filing, file as fileAway, proposed } from "./filing";
import { forget, maxUpload, send } from "./send";

// Files on their way. The tray sits above the screens, so that leaving one stops nothing.

export type Item = {
  id: string;
  /** The files that were dropped together. */
  batch: string;
  pack: string;
  file: File;
  state: "waiting" | "sending" | "done" | "already" | "failed" | "cancelled" | "too-large";
  share: number;
  document?: string;
  error?: unknown;
};

/** What becomes of files that were dropped where no trade was open. */
export type Batch = {
  id: string;
  /** Where the person was when it was dropped: who has gone elsewhere is not taken away. */
  from: string;
  state: "sending" | "reading" | "filed" | "asks" | "failed";
  pack?: { id: string; title: string };
  documents?: string[];
  filing?: Filing;
  error?: unknown;
};

type Change =
  | { kind: "add"; items: Item[]; batch?: Batch }
  | { kind: "set"; id: string; to: Partial<Item> }
  | { kind: "batch"; id: string; to: Partial<Batch> }
  | { kind: "retry"; id: string }
  | { kind: "clear" };

export type State = { items: Item[]; batches: Batch[] };

const over = new Set<Item["state"]>(["done", "already", "cancelled", "failed", "too-large"]);

export function isOver(item: Item): boolean {
  return over.has(item.state);
}

function isUnderWay(batch: Batch): boolean {
  return batch.state === "sending" || batch.state === "reading";
}

export function changed(state: State, change: Change): State {
  const { items, batches } = state;
  switch (change.kind) {
    case "add":
      return {
        items: [...items, ...change.items],
        batches: change.batch ? [...batches, change.batch] : batches,
      };
    case "set":
      return { ...state, items: items.map((item) => (item.id === change.id ? { ...item, ...change.to } : item)) };
    case "batch":
      return { ...state, batches: batches.map((b) => (b.id === change.id ? { ...b, ...change.to } : b)) };
    case "retry": {
      // Its companions may be filed away by now: it follows them, or all are looked at again.
      const batch = batches.find((b) => b.id === items.find((i) => i.id === change.id)?.batch);
      const again = { state: "waiting" as const, error: undefined, ...(batch?.pack ? { pack: batch.pack.id } : {}) };
      return {
        items: items.map((item) => (item.id === change.id ? { ...item, ...again } : item)),
        batches: batches.map((b) => (b === batch && !b.pack ? { ...b, state: "sending", error: undefined } : b)),
      };
    }
    case "clear": {
      const kept = batches.filter(isUnderWay);
      return { items: items.filter((i) => !isOver(i) || kept.some((b) => b.id === i.batch)), batches: kept };
    }
  }
}

/** Files sent at once; the others wait. */
const lanes = 3;

type Tray = State & {
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

type Set = (change: Change) => void;

/** Sends what waits, a few at a time. */
function useSender(items: Item[], change: Set) {
  const running = useRef(new Map<string, AbortController>());
  const client = useQueryClient();
  const start = useCallback(
    async (item: Item) => {
      const controller = new AbortController();
      running.current.set(item.id, controller);
      const set = (to: Partial<Item>) => change({ kind: "set", id: item.id, to });
      set({ state: "sending", error: undefined });
      const sending = { file: item.file, pack: item.pack, key: item.id };
      try {
        const kept = await send(sending, controller.signal, (share) => set({ share }));
        set({ state: kept.already ? "already" : "done", share: 1, document: kept.document });
        void client.invalidateQueries({ queryKey: ["pack", item.pack] });
        void client.invalidateQueries({ queryKey: ["documents"] });
      } catch (error) {
        const cancelled = error instanceof DOMException && error.name === "AbortError";
        set(cancelled ? { state: "cancelled" } : { state: "failed", error });
        if (cancelled) await forget(sending);
      } finally {
        running.current.delete(item.id);
      }
    },
    [client, change],
  );
  useEffect(() => {
    const free = lanes - items.filter((i) => i.state === "sending").length;
    for (const item of items.filter((i) => i.state === "waiting").slice(0, Math.max(free, 0))) {
      if (!running.current.has(item.id)) void start(item);
    }
  }, [items, start]);
  return running;
}

/** Files away what was dropped together, as soon as all of it is here; asks where it is in doubt. */
function useFiling({ items, batches }: State, change: Set) {
  const client = useQueryClient();
  const router = useRouter();
  useEffect(() => {
    for (const batch of batches.filter((b) => b.state === "sending")) {
      const mine = items.filter((i) => i.batch === batch.id);
      if (!mine.every(isOver)) continue;
      const documents = [...new Set(mine.flatMap((i) => (i.document ? [i.document] : [])))];
      const set = (to: Partial<Batch>) => change({ kind: "batch", id: batch.id, to });
      const there = () => router.state.location.pathname === batch.from;
      if (documents.length === 0) {
        set({ state: "failed" });
        continue;
      }
      set({ state: "reading", documents });
      void (async () => {
        try {
          const filing = await proposed(client, documents);
          if (filing.doubts.length > 0) {
            set({ state: "asks", filing });
            if (there()) await router.navigate({ to: "/upload", search: { documents: documents.join(",") } });
            return;
          }
          const pack = await fileAway(filing, batch.id);
          set({ state: "filed", pack: { id: pack.id, title: pack.title } });
          void client.invalidateQueries({ queryKey: ["packs"] });
          void client.invalidateQueries({ queryKey: ["pack", pack.id] });
          if (there()) await router.navigate({ to: "/packs/$id", params: { id: pack.id } });
        } catch (error) {
          set({ state: "failed", error });
        }
      })();
    }
  }, [items, batches, change, client, router]);
}

/** Closing the tab asks while files are on their way. */
function useGuard(busy: boolean) {
  useEffect(() => {
    if (!busy) return;
    const ask = (e: BeforeUnloadEvent) => e.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [busy]);
}

export function TrayProvider({ children }: { children: ReactNode }) {
  const [state, change] = useReducer(changed, { items: [], batches: [] });
  const router = useRouter();
  const running = useSender(state.items, change);
  useFiling(state, change);
  useGuard(state.items.some((i) => !isOver(i)) || state.batches.some(isUnderWay));

  const tray = useMemo<Tray>(
    () => ({
      ...state,
      add: (pack, files) => {
        if (files.length === 0) return;
        const batch = window.crypto.randomUUID();
        const items = files.map((file) => ({
          id: window.crypto.randomUUID(),
          batch,
          pack,
          file,
          share: 0,
          state: file.size > maxUpload ? ("too-large" as const) : ("waiting" as const),
        }));
        if (pack) change({ kind: "add", items });
        else {
          const from = router.state.location.pathname;
          change({ kind: "add", items, batch: { id: batch, from, state: "sending" } });
        }
      },
      cancel: (id) => {
        const controller = running.current.get(id);
        if (controller) controller.abort();
        else change({ kind: "set", id, to: { state: "cancelled" } });
      },
      retry: (id) => change({ kind: "retry", id }),
      clear: () => change({ kind: "clear" }),
    }),
    [state, router, running],
  );
  return <TrayContext value={tray}>{children}</TrayContext>;
}
