import { Group, Title } from "@mantine/core";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Pack, Schemas } from "../api/client";
import { packPages } from "../api/queries";
import { Badge, type Tone } from "../ui/Badge";
import { Empty } from "../ui/Empty";
import { ExportMenu } from "../ui/ExportMenu";
import { useColumns } from "../ui/layout";
import { type Column, List } from "../ui/List";
import lists from "../ui/List.module.css";
import { ListMenu } from "../ui/ListMenu";
import { When } from "../ui/When";

export const tones: Record<Schemas["Verdict"]["answer"], Tone> = { pass: "good", fail: "bad", unknown: "unknown" };

/** One that no longer stands is in no colour: it says what was found, not what holds. */
export function VerdictBadge({ verdict: v, stands = true }: { verdict: Schemas["Verdict"]; stands?: boolean }) {
  const { t } = useTranslation();
  return (
    <Badge tone={stands ? tones[v.answer] : "quiet"}>
      {t("packs.verdict", { question: t(`question.${v.question}`), answer: t(`answer.${v.answer}`) })}
    </Badge>
  );
}

/** What is known of a trade. Unknown is shown as unknown. */
function Verdicts({ pack }: { pack: Pack }) {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      {pack.verdicts_stand && pack.verification ? (
        pack.verification.verdicts.map((v) => <VerdictBadge key={v.question} verdict={v} />)
      ) : (
        <Badge tone="unknown">{t("packs.unverified")}</Badge>
      )}
    </Group>
  );
}

function usePackColumns(): Column<Pack>[] {
  const { t } = useTranslation();
  return [
    {
      id: "name",
      title: t("packs.name"),
      width: 240,
      grow: 2,
      phone: { line: 1, wide: true },
      cell: (p) => (
        <Link to="/packs/$id" params={{ id: p.id }} data-open translate="no">
          {p.title}
        </Link>
      ),
    },
    { id: "papers", title: t("packs.papers"), width: 70, right: true, cell: (p) => p.documents.length },
    {
      id: "verdicts",
      title: t("packs.verdicts"),
      width: 400,
      grow: 1,
      phone: { line: 2, wide: true },
      cell: (p) => <Verdicts pack={p} />,
    },
    {
      id: "opened",
      title: t("packs.opened"),
      width: 130,
      cell: (p) => <When at={p.created_at} />,
    },
  ];
}

/** The trades, with what is known of each. */
export function Packs() {
  const { t } = useTranslation();
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useSuspenseInfiniteQuery(packPages);
  const items = data.pages.flatMap((p) => p.items);
  const columns = usePackColumns();
  const { shown, hidden, onToggle } = useColumns("packs", columns);
  return (
    <div className={lists.screen}>
      <Group className={lists.head} justify="space-between">
        <Title order={1}>{t("packs.title")}</Title>
        <Group gap={8}>
          <ExportMenu list="packs" query={{}} />
          <ListMenu columns={columns} hidden={hidden} onToggle={onToggle} />
        </Group>
      </Group>
      {items.length === 0 && <Empty title={t("packs.empty.title")} text={t("packs.empty.text")} />}
      <List
        tall
        label={t("packs.title")}
        columns={shown}
        total={items.length}
        row={(index) => items[index]}
        idOf={(p) => p.id}
        more={{ there: hasNextPage, busy: isFetchingNextPage, onMore: () => void fetchNextPage() }}
        error={error}
        onRetry={() => void refetch()}
      />
    </div>
  );
}
