import { Button, Group, Text, Title } from "@mantine/core";
import { IconFilter, IconShieldCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, taken } from "../../api/client";
import { useNames } from "../../api/names";
import { Empty } from "../../ui/Empty";
import { ExportMenu } from "../../ui/ExportMenu";
import { count, shortDigest } from "../../ui/format";
import { useColumns } from "../../ui/layout";
import { type Column, List } from "../../ui/List";
import lists from "../../ui/List.module.css";
import { ListMenu } from "../../ui/ListMenu";
import { ProblemNote } from "../../ui/ProblemNote";
import { When } from "../../ui/When";
import classes from "./Audit.module.css";
import { Chains } from "./Chains";
import { Filters } from "./Filters";
import { asked, type AuditSearch, auditSearch, type Entry } from "./queries";
import { useEntries } from "./useEntries";
import { useWords } from "./words";

/** Where an object is looked at. */
const places = { document: "/documents/$id", pack: "/packs/$id", receivable: "/payables/$id", financing: "/financings/$id" } as const;

/** What was done, by whom, to what and when; and whether the chains that say so are whole. */
export function Audit() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/inside/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const narrow = (next: AuditSearch) => void navigate({ search: next, replace: true });
  const { rows, total, here, see, error, again } = useEntries(search);
  const columns = useAuditColumns((to) => narrow(auditSearch({ ...search, ...to })));
  const { shown, hidden, onToggle } = useColumns("audit", columns);
  const verify = useMutation({
    mutationFn: () =>
      taken(
        api.POST("/v1/audit/verification", {
          params: { header: { "Idempotency-Key": crypto.randomUUID() } },
          body: {},
        }),
      ),
  });
  const loaded = [...rows.values()];
  const narrowed = Object.keys(search).length > 0;
  const person = loaded.flatMap((e) => e.persons).find((p) => p.person === search.person);
  const object = loaded.find((e) => e.object === search.object);
  return (
    <div className={lists.screen}>
      <Group className={lists.head} justify="space-between">
        <Title order={1}>{t("audit.title")}</Title>
        <Group gap={8}>
          <Text size="sm" c="dimmed" aria-live="polite" data-testid="total">
            {t("audit.count", { count: total, shown: count(total) })}
          </Text>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconShieldCheck size={14} aria-hidden />}
            loading={verify.isPending}
            onClick={() => verify.mutate()}
          >
            {t("audit.verify.button")}
          </Button>
          <ExportMenu list="audit" query={asked(search)} />
          <ListMenu columns={columns} hidden={hidden} onToggle={onToggle} />
        </Group>
      </Group>
      <Filters
        search={search}
        called={{ person: person?.name ?? search.person ?? "", object: object?.name || (object ? t("audit.column.object") : "") }}
        onChange={narrow}
      />
      {verify.error && <ProblemNote error={verify.error} />}
      {verify.data && <Chains report={verify.data} onClose={verify.reset} />}
      {here && total === 0 && (
        <Empty
          title={t(narrowed ? "audit.none.title" : "audit.empty.title")}
          text={t(narrowed ? "audit.none.text" : "audit.empty.text")}
        />
      )}
      <List
        label={t("audit.title")}
        asked={JSON.stringify(search)}
        columns={shown}
        total={total}
        row={(index) => rows.get(index)}
        idOf={(e) => `${e.source} ${e.proof} ${e.object}`}
        onSee={see}
        error={error}
        onRetry={() => void again?.()}
      />
    </div>
  );
}

function useAuditColumns(narrow: (to: AuditSearch) => void): Column<Entry>[] {
  const { t } = useTranslation();
  const say = useWords();
  const nameOf = useNames();
  return [
    { id: "at", title: t("audit.column.at"), width: 130, phone: { line: 1, end: true }, cell: (e) => <When at={e.at} /> },
    {
      id: "act",
      title: t("audit.column.act"),
      width: 150,
      grow: 0.8,
      phone: { line: 1, wide: true },
      cell: (e) => (
        <span className={classes.act} title={[say.act(e), e.reason].filter(Boolean).join(" · ")}>
          {say.act(e)}
          {e.reason && <span className={classes.reason}> · {e.reason}</span>}
        </span>
      ),
    },
    {
      id: "object",
      title: t("audit.column.object"),
      width: 200,
      grow: 1.2,
      phone: { line: 2 },
      cell: (e) => <ObjectOf entry={e} kind={say.kind(e)} onOnly={() => narrow({ object: e.object })} />,
    },
    {
      id: "who",
      title: t("audit.column.who"),
      width: 180,
      grow: 1.2,
      phone: { line: 3 },
      cell: (e) => <Who entry={e} onOnly={(organisation, one) => narrow({ organisation, person: one })} />,
    },
    {
      id: "organisation",
      title: t("audit.organisation"),
      width: 200,
      grow: 1.2,
      phone: { line: 2, end: true },
      cell: (e) => (
        <span className={classes.organisation} title={nameOf(e.organisation)}>
          {nameOf(e.organisation)}
        </span>
      ),
    },
    {
      id: "proof",
      title: t("audit.column.proof"),
      width: 230,
      phone: { line: 3, end: true },
      cell: (e) => (
        <span title={e.proof}>
          {t(e.source === "ledger" ? "audit.block" : "audit.entry", { n: count(e.place) })}{" "}
          <code className={classes.hash}>{shortDigest(e.proof)}</code>
        </span>
      ),
    },
  ];
}

/** What it was done to: by its kind and name, with the way to it and to all that was done to it. */
function ObjectOf({ entry: e, kind, onOnly }: { entry: Entry; kind: string; onOnly: () => void }) {
  const { t } = useTranslation();
  const nameOf = useNames();
  const name = e.name || (e.kind === "organisation" ? nameOf(e.organisation) : "");
  const to = e.name && e.kind in places ? places[e.kind as keyof typeof places] : undefined;
  const text = name ? `${kind} ${name}` : kind;
  return (
    <span className={classes.object}>
      {to ? (
        <Link to={to} params={{ id: e.object }} title={text} data-open>
          {text}
        </Link>
      ) : (
        <span title={text}>{text}</span>
      )}
      <button type="button" className={classes.only} aria-label={t("audit.onlyObject", { name: text })} onClick={onOnly}>
        <IconFilter size={14} aria-hidden />
      </button>
    </span>
  );
}

/** The persons who acted; each narrows the log to what that person did. */
function Who({ entry: e, onOnly }: { entry: Entry; onOnly: (organisation: string, person: string) => void }) {
  const { t } = useTranslation();
  if (e.persons.length === 0) return <>{t("audit.system")}</>;
  return (
    <span className={classes.who}>
      {e.persons.map((p) => (
        <button
          key={`${p.organisation} ${p.person}`}
          type="button"
          className={classes.person}
          aria-label={t("audit.onlyPerson", { name: p.name ?? p.person })}
          onClick={() => onOnly(p.organisation, p.person)}
        >
          {p.name ?? p.person}
        </button>
      ))}
    </span>
  );
}
