import { Group, Text, Title } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Pack, Schemas } from "../../api/client";
import { useNames } from "../../api/names";
import { original, paper } from "../../api/queries";
import { Empty } from "../../ui/Empty";
import { ExportMenu } from "../../ui/ExportMenu";
import { count } from "../../ui/format";
import { useColumns } from "../../ui/layout";
import { type Column, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { ListMenu } from "../../ui/ListMenu";
import { ProblemNote } from "../../ui/ProblemNote";
import { Results } from "../../ui/Results";
import { SavedViews } from "../../ui/SavedViews";
import { When } from "../../ui/When";
import { StateBadge, WeightBadges } from "./badges";
import { BulkBar } from "./BulkBar";
import classes from "./Documents.module.css";
import { Filters } from "./Filters";
import { Preview } from "./Preview";
import { type PaperSearch, paperSearch } from "./queries";
import { type Filed, useFiling } from "./useFiling";
import { useRows } from "./useRows";

type Row = Schemas["PaperRow"];

function usePaperColumns(): Column<Row>[] {
  const { t } = useTranslation();
  const nameOf = useNames();
  return [
    {
      id: "kind",
      title: t("documents.kind"),
      width: 150,
      sort: "kind",
      phone: { line: 1 },
      cell: (p) => (
        <Link to="/documents/$id" params={{ id: p.id }} data-open>
          {t(`kind.${p.kind ?? "unread"}`)}
        </Link>
      ),
    },
    { id: "number", title: t("documents.number"), width: 140, sort: "number", phone: { line: 2 }, cell: (p) => p.number },
    { id: "file", title: t("documents.file"), width: 150, grow: 1, sort: "file", cell: (p) => p.file_name },
    { id: "from", title: t("documents.from"), width: 140, grow: 1, cell: (p) => nameOf(p.organisation) },
    { id: "state", title: t("documents.state"), width: 170, sort: "state", cell: (p) => <StateBadge state={p.state} /> },
    {
      id: "findings",
      title: t("documents.findings"),
      width: 180,
      phone: { line: 1, end: true },
      cell: (p) => <WeightBadges fatal={p.fatal} warnings={p.warnings} read={p.state === "parsed"} />,
    },
    {
      id: "uploaded",
      title: t("documents.uploaded"),
      width: 134,
      sort: "uploaded",
      phone: { line: 2, end: true },
      cell: (p) => <When at={p.uploaded_at} />,
    },
  ];
}

/** Larger originals are fetched when somebody looks at them. */
const smallOriginal = 2 * 1024 * 1024;

/** Whoever looks at a paper looks at the next one: it is fetched before. */
function usePrefetchNext(shown: string | undefined, rows: ReadonlyMap<number, Row>) {
  const { i18n } = useTranslation();
  const client = useQueryClient();
  const at = shown === undefined ? undefined : [...rows].find(([, row]) => row.id === shown)?.[0];
  const next = at === undefined ? undefined : rows.get(at + 1);
  const id = next && next.size <= smallOriginal ? next.id : undefined;
  useEffect(() => {
    if (id === undefined) return;
    void client.prefetchQuery(paper(id, i18n.language));
    void client.prefetchQuery(original(id));
  }, [client, id, i18n.language]);
}

const fileTones = { filed: "good", there: "quiet", refused: "bad" } as const;

/** What became of each paper that was to go into a trade pack. */
function FiledResults({ pack, results, onClose }: { pack: Pack; results: Filed[]; onClose: () => void }) {
  const { t } = useTranslation();
  const done = results.filter((r) => r.state !== "refused").length;
  return (
    <Results
      title={t("documents.filing.result")}
      summary={t("documents.filing.done", { done, count: results.length, pack: pack.title })}
      list={results.map(({ paper: p, state, problem }) => ({
        id: p.id,
        tone: fileTones[state],
        word: t(`documents.filing.${state}`),
        what: (
          <Link to="/documents/$id" params={{ id: p.id }}>
            {p.number || p.file_name}
          </Link>
        ),
        problem,
      }))}
      onClose={onClose}
    >
      <Link to="/packs/$id" params={{ id: pack.id }}>
        {t("documents.filing.open")}
      </Link>
    </Results>
  );
}

export function Documents() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/inside/documents" });
  const navigate = useNavigate({ from: "/documents" });
  const [picked, setPicked] = useState<ReadonlyMap<string, Row>>(new Map());
  const [shown, setShown] = useState<string>();
  const filing = useFiling();
  const { rows, total, here, see, error, again } = useRows(search);
  const columns = usePaperColumns();
  const { shown: visible, hidden, onToggle } = useColumns("documents", columns);

  usePrefetchNext(shown, rows);

  const narrow = (next: PaperSearch) => {
    setPicked(new Map());
    void navigate({ search: next, replace: true });
  };
  const toggle = (row: Row) =>
    setPicked((before) => {
      const next = new Map(before);
      if (!next.delete(row.id)) next.set(row.id, row);
      return next;
    });
  const loaded = [...rows.values()];
  const sorting = { by: search.sort ?? "-uploaded", onSort: (sort: string) => narrow({ ...search, sort }) };
  const narrowed = Object.keys(search).some((k) => k !== "sort");
  return (
    <div className={classes.all} data-preview={shown !== undefined || undefined}>
      <div className={lists.screen}>
        <Group className={lists.head} justify="space-between">
          <Title order={1}>{t("documents.title")}</Title>
          <Group gap={8}>
            <Text size="sm" c="dimmed" aria-live="polite" data-testid="total">
              {t("documents.count", { count: total, shown: count(total) })}
            </Text>
            <ExportMenu list="documents" query={search} />
            <ListMenu columns={columns} hidden={hidden} onToggle={onToggle} sorting={sorting} />
            <SavedViews screen="documents" onOpen={(query) => narrow(paperSearch(query))} search={search} />
          </Group>
        </Group>
        <Filters search={search} onChange={narrow} />
        {filing.error && <ProblemNote error={filing.error} />}
        {filing.data && <FiledResults {...filing.data} onClose={filing.reset} />}
        {picked.size > 0 && (
          <BulkBar
            papers={[...picked.values()]}
            busy={filing.isPending}
            onFile={(pack) => filing.mutate({ pack, papers: [...picked.values()] }, { onSuccess: () => setPicked(new Map()) })}
            onDone={() => setPicked(new Map())}
          />
        )}
        {here && total === 0 && (
          <Empty
            title={t(narrowed ? "documents.none.title" : "documents.empty.title")}
            text={t(narrowed ? "documents.none.text" : "documents.empty.text")}
          />
        )}
        <List
          asked={JSON.stringify(search)}
          label={t("documents.title")}
          columns={visible}
          total={total}
          row={(index) => rows.get(index)}
          idOf={(p) => p.id}
          sorting={sorting}
          choice={{
            chosen: new Set(picked.keys()),
            onToggle: toggle,
            onAll: (all) => setPicked(all ? new Map(loaded.map((r) => [r.id, r])) : new Map()),
            of: { all: loaded.length, picked: loaded.filter((r) => picked.has(r.id)).length },
            labels: {
              all: t("documents.pickAll"),
              row: (p) => t("documents.pick", { name: p.number ?? p.file_name }),
            },
          }}
          preview={{ shown, onShow: setShown }}
          onSee={see}
          error={error}
          onRetry={() => void again?.()}
        />
      </div>
      {shown && <Preview id={shown} onClose={() => setShown(undefined)} />}
    </div>
  );
}
