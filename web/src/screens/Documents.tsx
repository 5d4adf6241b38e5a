import { Group, Loader, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { PaperDocument, Schemas } from "../api/client";
import { documents, organisations } from "../api/queries";
import { Badge, type Tone } from "../ui/Badge";
import { instant, instantLong } from "../ui/format";
import classes from "./Documents.module.css";

const tones: Record<Schemas["DocumentState"], Tone> = {
  received: "busy",
  needs_fields: "asked",
  parsed: "quiet",
  unreadable: "bad",
};

export function StateBadge({ state }: { state: Schemas["DocumentState"] }) {
  const { t } = useTranslation();
  return <Badge tone={tones[state]}>{t(`state.${state}`)}</Badge>;
}

/** How many findings of which weight; "nothing found" only for a paper that was read. */
export function FindingsBadges({ paper }: { paper: PaperDocument }) {
  const { t } = useTranslation();
  const fatal = paper.findings.filter((f) => f.severity === "fatal").length;
  const warnings = paper.findings.length - fatal;
  if (fatal + warnings === 0) {
    return paper.state === "parsed" ? <Badge tone="good">{t("documents.clean")}</Badge> : null;
  }
  return (
    <Group gap={4} wrap="nowrap">
      {fatal > 0 && <Badge tone="bad">{t("documents.fatal", { count: fatal })}</Badge>}
      {warnings > 0 && <Badge tone="attention">{t("documents.warning", { count: warnings })}</Badge>}
    </Group>
  );
}

const rowHeight = 36;
const phoneRowHeight = 60;

export function Documents() {
  const { t, i18n } = useTranslation();
  const { data, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(documents);
  const { data: parties } = useSuspenseQuery(organisations);
  const scroller = useRef<HTMLDivElement>(null);
  const papers = data.pages.flatMap((p) => p.items);
  const height = useMediaQuery("(width < 48em)") ? phoneRowHeight : rowHeight;
  const rows = useVirtualizer({
    count: papers.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 20,
  });
  useEffect(() => rows.measure(), [height, rows]);
  const visible = rows.getVirtualItems();
  const last = visible.at(-1)?.index ?? -1;
  useEffect(() => {
    if (last >= papers.length - 20 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [last, papers.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const nameOf = (id: string) => {
    const o = parties.items.find((p) => p.id === id);
    return (i18n.language === "zh-CN" && o?.name_local) || o?.name || id;
  };

  if (papers.length === 0) {
    return (
      <div className={classes.empty}>
        <Title order={1}>{t("documents.empty.title")}</Title>
        <Text c="dimmed">{t("documents.empty.text")}</Text>
      </div>
    );
  }
  const columns = ["kind", "number", "file", "from", "state", "findings", "uploaded"] as const;
  return (
    <div className={classes.all}>
      <Group className={classes.head} justify="space-between">
        <Title order={1}>{t("documents.title")}</Title>
        <Text size="sm" c="dimmed" aria-live="polite">
          {t("documents.count", { count: papers.length })}
        </Text>
      </Group>
      <div ref={scroller} className={classes.scroller}>
        <div role="table" aria-label={t("documents.title")} aria-rowcount={papers.length + 1} className={classes.table}>
          <div role="row" aria-rowindex={1} className={classes.titles}>
            {columns.map((c) => (
              <span role="columnheader" key={c} data-column={c}>
                {t(`documents.${c}`)}
              </span>
            ))}
          </div>
          <div role="rowgroup" style={{ height: rows.getTotalSize(), position: "relative" }}>
            {visible.map((row) => {
              const paper = papers[row.index];
              if (!paper) return null;
              return (
                <div
                  role="row"
                  key={paper.id}
                  aria-rowindex={row.index + 2}
                  className={classes.row}
                  style={{ transform: `translateY(${row.start}px)` }}
                >
                  <span role="cell" data-column="kind">
                    <Link to="/documents/$id" params={{ id: paper.id }} className={classes.link}>
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
                    <FindingsBadges paper={paper} />
                  </span>
                  <time role="cell" data-column="uploaded" dateTime={paper.uploaded_at} title={instantLong(paper.uploaded_at)}>
                    {instant(paper.uploaded_at)}
                  </time>
                </div>
              );
            })}
          </div>
        </div>
        {isFetchingNextPage && <Loader size="sm" m="md" aria-label={t("documents.more")} />}
      </div>
    </div>
  );
}
