import type { QueryClient } from "@tanstack/react-query";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Schemas } from "../api/client";
import { me } from "../api/queries";

/** The kinds of things that the server tells changes of. */
export type Kind = Schemas["InboxItem"]["kind"] | "pack" | "intent" | "report";

/**
 * What a query shows: it is asked again when one of these kinds changes. A query whose key holds
 * the id of what changed is asked again in any case.
 *
 *   queryOptions({ queryKey: ["payables"], …, meta: shows("receivable", "intent") })
 */
export function shows(...kinds: Kind[]): { shows: readonly Kind[] } {
  return { shows: kinds };
}

type Change = { kind: Kind; id: string };

/** Whether a query shows something that changed. */
export function touched(key: readonly unknown[], meta: Record<string, unknown> | undefined, changes: Change[]): boolean {
  const kinds = Array.isArray(meta?.shows) ? (meta.shows as readonly Kind[]) : [];
  return changes.some((c) => kinds.includes(c.kind) || key.includes(c.id));
}

/** Changes that come together are looked at together. */
const gather = 200;

/** After this long without a connection people are told. */
const patience = 4_000;

/** Follows what changes for the organisation and has the queries that show it asked again. */
class Stream {
  private source: EventSource | null = null;
  private changes: Change[] = [];
  private timer = 0;
  private lost = 0;

  constructor(
    private readonly client: QueryClient,
    private last: string,
    private readonly onState: (connected: boolean) => void,
  ) {}

  open() {
    if (this.source) return;
    const source = new EventSource(`/v1/events?after=${this.last}`);
    this.source = source;
    source.addEventListener("start", (event) => {
      this.last = event.lastEventId;
      this.connected();
      // Some of what came since is not told: whatever is on the screen may be old.
      if (!(JSON.parse(event.data) as { resumed: boolean }).resumed) void this.client.invalidateQueries();
    });
    source.addEventListener("change", (event) => {
      this.last = event.lastEventId;
      this.changes.push(JSON.parse(event.data) as Change);
      this.timer ||= window.setTimeout(() => this.look(), gather);
    });
    source.addEventListener("error", () => this.broken(source));
  }

  private connected() {
    window.clearTimeout(this.lost);
    this.lost = 0;
    this.onState(true);
  }

  private look() {
    const changes = this.changes;
    this.changes = [];
    this.timer = 0;
    void this.client.invalidateQueries({ predicate: (q) => touched(q.queryKey, q.meta, changes) });
  }

  /** The browser connects again by itself, unless it was refused: then the session may have ended. */
  private broken(source: EventSource) {
    this.lost ||= window.setTimeout(() => this.onState(false), patience);
    if (source.readyState !== EventSource.CLOSED || this.source !== source) return;
    this.source = null;
    void this.client.invalidateQueries({ queryKey: me.queryKey });
    window.setTimeout(() => document.visibilityState === "visible" && this.open(), patience);
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  end() {
    this.close();
    window.clearTimeout(this.timer);
    window.clearTimeout(this.lost);
  }
}

/**
 * Keeps what is on the screen as it is on the server, while the page is seen; tells whether it
 * does. A page that is hidden gives its connection back: browsers open only a few to a host.
 */
export function useLive(): boolean {
  const client = useQueryClient();
  const [connected, setConnected] = useState(true);
  useEffect(() => {
    // All on the screen was asked for after this, and what changed since is told.
    const known = client.getQueryData(me.queryKey)?.newest_event ?? "";
    const stream = new Stream(client, known, setConnected);
    const seen = () => {
      if (document.visibilityState === "visible") stream.open();
      else stream.close();
    };
    const left = () => stream.close(); // or a page that is left would ask whether its session has ended
    seen();
    document.addEventListener("visibilitychange", seen);
    window.addEventListener("pagehide", left);
    window.addEventListener("pageshow", seen); // gone back to
    return () => {
      document.removeEventListener("visibilitychange", seen);
      window.removeEventListener("pagehide", left);
      window.removeEventListener("pageshow", seen);
      stream.end();
    };
  }, [client]);
  return connected;
}
