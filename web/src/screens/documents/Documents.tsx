import { ActionIcon, Button, Checkbox, Group, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback, useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconSearch, IconX } from "@tabler/icons-react";
import { useQueries, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { useNames } from "../../api/names";
import { organisations } from "../../api/queries";
import { FilterMenu } from "../../ui/FilterMenu";
import { count, instant, instantLong } from "../../ui/format";
import { SavedViews } from "../../ui/SavedViews";
import { StateBadge, WeightBadges } from "./badges";
import { BulkBar } from "./BulkBar";
import classes from "./Documents.module.css";
import { Preview } from "./Preview";
import { kinds, type PaperSearch, papers, paperSearch, sorts, states, weights, windowSize } from "./queries";

const rowHeight = 36;
const phoneRowHeight = 60;

type Row = Schemas["PaperRow"];

/** The part of the list that is on the screen, fetched window by window. */
function useRows(search: PaperSearch, first: number, last: number) {
  const indices: number[] = [];
  for (let i = Math.floor(first / windowSize); i <= Math.floor(Math.max(first, last) / windowSize); i++) indices.push(i);
  return useQueries({
    queries: indices.map((i) => papers(search, i)),
    combine: (results) => {
      const rows = new Map<number, Row>();
      results.forEach((r, n) => {
        r.data?.items.forEach((row, at) => rows.set((indices[n] ?? 0) * windowSize + at, row));
      });
      return { rows, total: results.find((r) => r.data)?.data?.total ?? 0 };
    },
  });
}

function Filters({ search, onChange }: { search: PaperSearch; onChange: (search: PaperSearch) => void }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const { data: parties } = useSuspenseQuery(organisations);
  const type = useDebouncedCallback((q: string) => onChange(paperSearch({ ...search, q })), 200);
  const narrowed = search.q || search.kind || search.state || search.findings || search.organisation;
  return (
    <Group gap={8} className={classes.filters} role="search" aria-label={t("documents.narrow")}>
      <TextInput
        key={search.q ?? ""}
        size="xs"
        type="search"
        w={220}
        defaultValue={search.q}
        placeholder={t("documents.find")}
        aria-label={t("documents.find")}
        leftSection={<IconSearch size={14} aria-hidden />}
        onChange={(e) => type(e.currentTarget.value)}
      />
      <FilterMenu
        label={t("documents.kind")}
        options={kinds.map((value) => ({ value, label: t(`kind.${value}`) }))}
        chosen={search.kind ?? []}
        onChange={(kind) => onChange(paperSearch({ ...search, kind }))}
      />
      <FilterMenu
        label={t("documents.state")}
        options={states.map((value) => ({ value, label: t(`state.${value}`) }))}
        chosen={search.state ?? []}
        onChange={(state) => onChange(paperSearch({ ...search, state }))}
      />
      <FilterMenu
        single
        label={t("documents.findings")}
        options={weights.map((value) => ({ value, label: t(`documents.weight.${value}`) }))}
        chosen={search.findings ? [search.findings] : []}
        onChange={([findings]) => onChange(paperSearch({ ...search, findings }))}
      />
      <FilterMenu
        label={t("documents.from")}
        options={parties.items.map((o) => ({ value: o.id, label: nameOf(o.id) }))}
        chosen={search.organisation ?? []}
        onChange={(organisation) => onChange(paperSearch({ ...search, organisation }))}
      />
      {narrowed && (
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconX size={14} aria-hidden />}
          onClick={() => onChange(paperSearch({ sort: search.sort }))}
        >
          {t("documents.all")}
        </Button>
      )}
    </Group>
  );
}

type HeadProps = { search: PaperSearch; all: boolean; some: boolean; onAll: () => void; onSort: (sort: string) => void };

function Head({ search, all, some, onAll, onSort }: HeadProps) {
  const { t } = useTranslation();
  const by = search.sort ?? "-uploaded";
  const columns = ["kind", "number", "file", "from", "state", "findings", "uploaded"] as const;
  return (
    <div role="row" aria-rowindex={1} className={classes.titles}>
      <span role="columnheader" data-column="pick">
        <Checkbox size="xs" checked={all} indeterminate={some && !all} onChange={onAll} aria-label={t("documents.pickAll")} />
      </span>
      {columns.map((c) => {
        const sort = sorts.find((s) => s === c);
        const down = by === `-${c}`;
        const order = down ? "descending" : by === c ? "ascending" : undefined;
        return (
          <span role="columnheader" key={c} data-column={c} aria-sort={order}>
            {sort ? (
              <button type="button" className={classes.sort} onClick={() => onSort(order === "ascending" ? `-${c}` : c)}>
                {t(`documents.${c}`)}
                {order && (down ? <IconArrowDown size={12} aria-hidden /> : <IconArrowUp size={12} aria-hidden />)}
              </button>
            ) : (
              t(`documents.${c}`)
            )}
          </span>
        );
      })}
    </div>
  );
}

export function Documents() {
  const { t } = useTranslation();
  const nameOf = useNames();
  const search = useSearch({ from: "/inside/documents" });
  const navigate = useNavigate({ from: "/documents" });
  const scroller = useRef<HTMLDivElement>(null);
  const height = useMediaQuery("(width < 48em)") ? phoneRowHeight : rowHeight;
  const [picked, setPicked] = useState<ReadonlyMap<string, Row>>(new Map());
  const [shown, setShown] = useState<string>();
  const [seen, setSeen] = useState({ first: 0, last: 0 });
  const { rows, total } = useRows(search, seen.first, seen.last);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 20,
  });
  useEffect(() => virtual.measure(), [height, virtual]);
  const visible = virtual.getVirtualItems();
  const first = visible[0]?.index ?? 0;
  const last = visible.at(-1)?.index ?? 0;
  useEffect(() => setSeen({ first, last }), [first, last]);

  const narrow = (next: PaperSearch) => {
    setPicked(new Map());
    scroller.current?.scrollTo({ top: 0 });
    void navigate({ search: next, replace: true });
  };
  const toggle = (row: Row) =>
    setPicked((before) => {
      const next = new Map(before);
      if (!next.delete(row.id)) next.set(row.id, row);
      return next;
    });
  const loaded = [...rows.values()];
  const all = loaded.length > 0 && loaded.every((r) => picked.has(r.id));

  // Within the table: j and k go to the next row and back, Space looks into a paper.
  const keys = (e: KeyboardEvent, at: number) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === " ") setShown((now) => (now === rows.get(at)?.id ? undefined : rows.get(at)?.id));
    else if (e.key === "j" || e.key === "k") {
      const to = at + (e.key === "j" ? 1 : -1);
      virtual.scrollToIndex(to);
      scroller.current?.querySelector<HTMLElement>(`a[data-row="${to}"]`)?.focus();
      if (shown) setShown(rows.get(to)?.id);
    } else return;
    e.preventDefault();
  };

  const narrowed = Object.keys(search).some((k) => k !== "sort");
  return (
    <div className={classes.all} data-preview={shown !== undefined || undefined}>
      <div className={classes.list}>
        <Group className={classes.head} justify="space-between">
          <Title order={1}>{t("documents.title")}</Title>
          <Group gap={8}>
            <Text size="sm" c="dimmed" aria-live="polite" data-testid="total">
              {t("documents.count", { count: total, shown: count(total) })}
            </Text>
            <SavedViews screen="documents" onOpen={(query) => narrow(paperSearch(query))} search={search} />
          </Group>
        </Group>
        <Filters search={search} onChange={narrow} />
        {picked.size > 0 && <BulkBar papers={[...picked.values()]} onDone={() => setPicked(new Map())} />}
        {total === 0 && (
          <div className={classes.empty}>
            <Text fw={600}>{t(narrowed ? "documents.none.title" : "documents.empty.title")}</Text>
            <Text c="dimmed">{t(narrowed ? "documents.none.text" : "documents.empty.text")}</Text>
          </div>
        )}
        <div ref={scroller} className={classes.scroller} hidden={total === 0}>
          <div role="table" aria-label={t("documents.title")} aria-rowcount={total + 1} className={classes.table}>
            <Head
              search={search}
              all={all}
              some={picked.size > 0}
              onAll={() => setPicked(all ? new Map() : new Map(loaded.map((r) => [r.id, r])))}
              onSort={(sort) => narrow({ ...search, sort })}
            />
            <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: "relative" }}>
              {visible.map(({ index, start }) => {
                const paper = rows.get(index);
                return (
                  <div
                    role="row"
                    key={index}
                    aria-rowindex={index + 2}
                    className={classes.row}
                    data-shown={(paper && shown === paper.id) || undefined}
                    style={{ transform: `translateY(${start}px)` }}
                  >
                    {paper ? (
                      <>
                        <span role="cell" data-column="pick">
                          <Checkbox
                            size="xs"
                            checked={picked.has(paper.id)}
                            onChange={() => toggle(paper)}
                            aria-label={t("documents.pick", { name: paper.number ?? paper.file_name })}
                          />
                        </span>
                        <span role="cell" data-column="kind">
                          <Link
                            to="/documents/$id"
                            params={{ id: paper.id }}
                            className={classes.link}
                            data-row={index}
                            onKeyDown={(e) => keys(e, index)}
                          >
                            {t(`kind.${paper.kind ?? "unread"}`)}
                          </Link>
                        </span>
                        <span role="cell" data-column="number">
                          {paper.number}
                        </span>
                        <span role="cell" data-column="file" title={paper.file_name}>
                          {paper.file_name}
                        </span>
                        <span role="cell" data-column="from">
                          {nameOf(paper.organisation)}
                        </span>
                        <span role="cell" data-column="state">
                          <StateBadge state={paper.state} />
                        </span>
                        <span role="cell" data-column="findings">
                          <WeightBadges fatal={paper.fatal} warnings={paper.warnings} read={paper.state === "parsed"} />
                        </span>
                        <time
                          role="cell"
                          data-column="uploaded"
                          dateTime={paper.uploaded_at}
                          title={instantLong(paper.uploaded_at)}
                        >
                          {instant(paper.uploaded_at)}
                        </time>
                      </>
                    ) : (
                      <span role="cell" className={classes.waiting}>
                        {t("common.loading")}
                      </span>
                    )}
                  </div>
                );
              })}
            </div>
          </div>
        </div>
      </div>
      {shown && (
        <aside className={classes.preview} aria-label={t("documents.preview")}>
          <Group justify="space-between" p={8}>
            <Link to="/documents/$id" params={{ id: shown }}>
              {t("documents.open")}
            </Link>
            <ActionIcon variant="subtle" aria-label={t("common.close")} onClick={() => setShown(undefined)}>
              <IconX size={16} />
            </ActionIcon>
          </Group>
          <Preview id={shown} />
        </aside>
      )}
    </div>
  );
}
