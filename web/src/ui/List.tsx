import { Loader } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { defaultRangeExtractor, useVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, type MouseEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { rowHeights, useDensity } from "./density";
import { type Shortcut, useShortcuts } from "./keys";
import classes from "./List.module.css";
import { ProblemNote } from "./ProblemNote";

/** A column of a list. One of them holds the link that opens the row, marked data-open. */
export type Column<Row> = {
  id: string;
  title: string;
  /** At least this wide; with grow it takes its part of what is left. */
  width: number;
  grow?: number;
  /** Amounts stand at the right. */
  right?: boolean;
  /** What the list is asked to be sorted by. */
  sort?: string;
  /** Where it stands in the card that a row is on a phone; without it, it is not there. */
  phone?: { line: 1 | 2 | 3; end?: boolean; wide?: boolean };
  /** Not seen until a person asks for it. */
  hidden?: boolean;
  cell: (row: Row) => ReactNode;
};

/** A sort as it stands in an address: a column, with a minus before it the other way round. */
export type Sorting = { by: string; onSort: (by: string) => void };

/** Rows that are picked for an act on many. */
export type Choice<Row> = {
  chosen: ReadonlySet<string>;
  /** Rows that no act is open for cannot be picked. */
  open?: (row: Row) => boolean;
  onToggle: (row: Row) => void;
  onAll: (all: boolean) => void;
  /** Of those that can be picked, how many there are and how many are. */
  of: { all: number; picked: number };
  /** closed says why a row cannot be picked. */
  labels: { all: string; row: (row: Row) => string; closed?: string };
};

type Props<Row> = {
  label: string;
  columns: Column<Row>[];
  /** What the rows are an answer to: another question begins at the top. */
  asked?: string;
  /** How many rows there are in all; those that are not here yet are undefined. */
  total: number;
  row: (index: number) => Row | undefined;
  idOf: (row: Row) => string;
  sorting?: Sorting;
  choice?: Choice<Row>;
  /** A look into a row beside the list, by Space. */
  preview?: { shown: string | undefined; onShow: (id: string | undefined) => void };
  /** Rows are as high as what they say. */
  tall?: boolean;
  /** The rows that are on the screen, for who fetches them. */
  onSee?: (first: number, last: number) => void;
  /** Rows that follow the last one, for who fetches page after page. */
  more?: { there: boolean; busy: boolean; onMore: () => void };
  error?: unknown;
  onRetry?: () => void;
};

/** Rows that are rendered above and below those on the screen. */
const margin = 8;

/** So many rows before the last one the next page is fetched. */
const ahead = 40;

// As the style sheet has them.
const lineHeight = 22;
const gap = 16;

/**
 * Says of a cell that is cut off what it holds. The row says it, as the link that covers the row
 * takes the pointer from the cells.
 */
function sayCut({ currentTarget: row, clientX, clientY }: MouseEvent<HTMLElement>) {
  const cell = document.elementsFromPoint(clientX, clientY).find((e) => e.parentElement === row);
  row.title = cell && cell.scrollWidth > cell.clientWidth ? (cell.textContent ?? "") : "";
}

/** How high a card is, by the lines that its columns take. */
function cardHeight<Row>(columns: Column<Row>[]): number {
  return Math.max(1, ...columns.map((c) => c.phone?.line ?? 0)) * lineHeight + 16;
}

/** The row that has the focus, or holds what has it; -1 for none. */
function focused(): number {
  return Number(document.activeElement?.closest<HTMLElement>("[data-index]")?.dataset.index ?? -1);
}

/** The widths of columns as the tracks of a grid, and what they need together. */
export function tracks<Row>(columns: Column<Row>[], picks: boolean): { template: string; width: number } {
  const list = columns.map((c) => (c.grow ? `minmax(${c.width}px, ${c.grow}fr)` : `${c.width}px`));
  const widths = columns.map((c) => c.width);
  if (picks) {
    list.unshift("24px");
    widths.unshift(24);
  }
  return { template: list.join(" "), width: widths.reduce((sum, w) => sum + w + gap, 2 * 16 - gap) };
}

/**
 * A list of any length: only the rows on the screen are in the page. j and k go to the next row
 * and back, Enter opens it, Space looks into it or picks it. On a phone rows are cards.
 */
export function List<Row>(props: Props<Row>) {
  const { label, columns, asked, total, row, idOf, sorting, choice, preview, tall = false, onSee, more, error, onRetry } = props;
  const { t } = useTranslation();
  const scroller = useRef<HTMLDivElement>(null);
  const phone = useMediaQuery("(width < 48em)", false, { getInitialValueInEffect: false });
  const usual = rowHeights[useDensity()];
  const card = cardHeight(columns);
  const height = phone ? card : usual;
  const [active, setActive] = useState(-1);
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: margin,
    scrollPaddingEnd: phone ? 0 : usual, // the titles cover as much of the end
    // The row with the focus stays, however far it is scrolled away.
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range);
      const kept = active >= 0 && active < range.count && !seen.includes(active);
      return kept ? [...seen, active].sort((a, b) => a - b) : seen;
    },
  });
  useEffect(() => virtual.measure(), [height, virtual]);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
    setActive(-1);
  }, [asked]);
  const first = virtual.range?.startIndex ?? 0;
  const last = virtual.range?.endIndex ?? 0;
  const see = useRef(onSee);
  const next = useRef(more?.onMore);
  useEffect(() => {
    see.current = onSee;
    next.current = more?.onMore;
  });
  useEffect(() => see.current?.(first, last), [first, last, total]);
  const lacks = more?.there && !more.busy && last >= total - ahead;
  useEffect(() => {
    if (lacks) next.current?.();
  }, [lacks, total]);

  useEffect(() => {
    const list = scroller.current;
    const keep = () => setActive(focused());
    list?.addEventListener("focusin", keep);
    return () => list?.removeEventListener("focusin", keep);
  }, []);
  const wanted = useWantedFocus(scroller);
  const move = (by: 1 | -1) => {
    const at = focused();
    const to = at < 0 ? first : Math.min(Math.max(at + by, 0), total - 1);
    if (to < 0) return;
    wanted.current = to;
    setActive(to);
    virtual.scrollToIndex(to);
    const there = row(to);
    if (preview?.shown && there) preview.onShow(idOf(there));
  };
  const space = () => {
    const now = row(focused());
    if (!now) return;
    if (preview) preview.onShow(preview.shown === idOf(now) ? undefined : idOf(now));
    else if (choice && (choice.open?.(now) ?? true)) choice.onToggle(now);
  };
  const keys: Shortcut[] = [
    { keys: "j", does: t("keys.next"), run: () => move(1) },
    { keys: "k", does: t("keys.previous"), run: () => move(-1) },
  ];
  if (preview || choice) keys.push({ keys: "Space", does: t(preview ? "keys.preview" : "keys.pick"), run: space });
  useShortcuts(keys);

  const { template, width } = tracks(columns, choice !== undefined);
  const style: CSSProperties & Record<`--${string}`, string> = phone
    ? { "--card": `${card}px` }
    : { "--columns": template, minWidth: width };
  return (
    <>
      {error ? <ProblemNote error={error} {...(onRetry ? { onRetry } : {})} /> : null}
      <div ref={scroller} className={classes.scroller} hidden={total === 0} data-testid="list" data-scroll-restoration-id="list">
        <div
          role="table"
          aria-label={label}
          aria-rowcount={total + 1}
          className={tall ? `${classes.table} ${classes.tall}` : classes.table}
          data-picks={choice ? true : undefined}
          style={style}
        >
          <Titles columns={columns} {...(sorting ? { sorting } : {})} {...(choice ? { choice } : {})} />
          <div role="rowgroup" className={classes.rows} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map(({ index, start }) => {
              const now = row(index);
              const on = now && (preview?.shown === idOf(now) || choice?.chosen.has(idOf(now)));
              return (
                <div
                  role="row"
                  key={index}
                  ref={tall ? virtual.measureElement : undefined}
                  aria-rowindex={index + 2}
                  className={classes.row}
                  data-index={index}
                  data-on={on || undefined}
                  onMouseMove={sayCut}
                  style={{ transform: `translateY(${start}px)` }}
                >
                  {now ? (
                    <Cells row={now} columns={columns} choice={choice} chosen={choice?.chosen.has(idOf(now)) ?? false} />
                  ) : (
                    <span role="cell" data-line="1" className={classes.waiting}>
                      {t("common.loading")}
                    </span>
                  )}
                </div>
              );
            })}
          </div>
        </div>
        {more?.busy && <Loader size="sm" m="md" aria-label={t("common.loading")} />}
      </div>
    </>
  );
}

/** Gives the focus to the link of a row as soon as it is there. */
function useWantedFocus(scroller: { current: HTMLElement | null }) {
  const wanted = useRef(-1);
  useEffect(() => {
    if (wanted.current < 0) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-index="${wanted.current}"] [data-open]`);
    if (!link) return;
    wanted.current = -1;
    link.focus({ preventScroll: true });
  });
  return wanted;
}

type CellsProps<Row> = { row: Row; columns: Column<Row>[]; choice: Choice<Row> | undefined; chosen: boolean };

function Cells<Row>({ row, columns, choice, chosen }: CellsProps<Row>) {
  const open = choice?.open?.(row) ?? true;
  const why = open ? undefined : choice?.labels.closed;
  return (
    <>
      {choice && (
        <span role="cell" data-line="pick">
          <input
            type="checkbox"
            className={classes.pick}
            checked={chosen}
            disabled={!open}
            title={why}
            onChange={() => choice.onToggle(row)}
            aria-label={[choice.labels.row(row), why].filter(Boolean).join(". ")}
          />
        </span>
      )}
      {columns.map((c, at) => (
        <span
          role={at === 0 ? "rowheader" : "cell"}
          key={c.id}
          className={c.right ? classes.right : undefined}
          data-column={c.id}
          data-line={c.phone?.line}
          data-end={c.phone?.end || undefined}
          data-wide={c.phone?.wide || undefined}
        >
          {c.cell(row)}
        </span>
      ))}
    </>
  );
}

type TitlesProps<Row> = { columns: Column<Row>[]; sorting?: Sorting; choice?: Choice<Row> };

function Titles<Row>({ columns, sorting, choice }: TitlesProps<Row>) {
  return (
    <div role="row" aria-rowindex={1} className={classes.titles}>
      {choice && (
        <span role="columnheader">
          <input
            type="checkbox"
            className={classes.pick}
            aria-label={choice.labels.all}
            checked={choice.of.picked > 0 && choice.of.picked === choice.of.all}
            disabled={choice.of.all === 0}
            ref={(box) => {
              if (box) box.indeterminate = choice.of.picked > 0 && choice.of.picked < choice.of.all;
            }}
            onChange={(e) => choice.onAll(e.currentTarget.checked)}
          />
        </span>
      )}
      {columns.map((c) => (
        <Heading key={c.id} column={c} {...(sorting ? { sorting } : {})} />
      ))}
    </div>
  );
}

function Heading<Row>({ column: c, sorting }: { column: Column<Row>; sorting?: Sorting }) {
  const up = sorting?.by === c.sort;
  const down = sorting?.by === `-${c.sort}`;
  const sortable = sorting && c.sort !== undefined;
  return (
    <span
      role="columnheader"
      className={c.right ? classes.right : undefined}
      data-column={c.id}
      aria-sort={sortable && (up || down) ? (up ? "ascending" : "descending") : undefined}
    >
      {sortable ? (
        <button type="button" className={classes.sort} onClick={() => sorting.onSort(up ? `-${c.sort}` : (c.sort ?? ""))}>
          {c.title}
          {up && <IconArrowUp size={12} aria-hidden />}
          {down && <IconArrowDown size={12} aria-hidden />}
        </button>
      ) : (
        c.title
      )}
    </span>
  );
}
