import { ActionIcon, Anchor, Box, CopyButton, Group, Tabs, Text, Title, Tooltip } from "@mantine/core";
import { IconArrowLeft, IconChevronDown, IconChevronUp, IconCopy, IconDownload } from "@tabler/icons-react";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Finding, PaperDocument } from "../api/client";
import { organisations, paper } from "../api/queries";
import { Original } from "../source/Original";
import { findingPlaces, pageOf } from "../source/places";
import { Badge } from "../ui/Badge";
import { amount, count, decimal, shortDigest } from "../ui/format";
import { When } from "../ui/When";
import classes from "./Document.module.css";
import { FindingsBadges, StateBadge } from "./documents/badges";
import { TypeIn } from "./fields/TypeIn";

/** Findings as they are shown: faults first, each with its number in the server's list. */
function inOrder(findings: Finding[]): { id: number; finding: Finding }[] {
  const numbered = findings.map((finding, id) => ({ id, finding }));
  return [
    ...numbered.filter((n) => n.finding.severity === "fatal"),
    ...numbered.filter((n) => n.finding.severity !== "fatal"),
  ];
}

type CardProps = { finding: Finding; currency: string; chosen: boolean; onChoose: () => void };

/** Fields that are sums of money; the others keep the decimals they are stated with. */
const money = /^totals\.(?!packages|gross_kg)|\.(net|amount|base|charges|allowances)$/;

function shown(value: string, field: string | undefined, currency: string): string {
  return field && money.test(field) ? amount(value, currency) : decimal(value);
}

/** What is expected, with as many decimals as what is stated beside it. */
function expected(f: Finding, currency: string): string {
  const stated = /^[-+]?\d+\.(\d+)$/.exec(f.claimed ?? "")?.[1] ?? "";
  const match = /^([-+]?\d+)(?:\.(\d+))?$/.exec(f.computed ?? "");
  if (!match || stated === "") return shown(f.computed ?? "", f.field, currency);
  return shown(`${match[1] ?? ""}.${(match[2] ?? "").padEnd(stated.length, "0")}`, f.field, currency);
}

/** What the original can show: bytes, or a page. */
function placed(f: Finding): boolean {
  return f.offset !== undefined || f.length !== undefined || pageOf(f.path) !== undefined;
}

function FindingCard({ finding: f, currency, chosen, onChoose }: CardProps) {
  const { t } = useTranslation();
  return (
    <li className={classes.finding} data-severity={f.severity} data-chosen={chosen || undefined}>
      <Group justify="space-between" gap={8} wrap="nowrap">
        <Badge tone={f.severity === "fatal" ? "bad" : "attention"}>
          {t(f.severity === "fatal" ? "document.fatalOne" : "document.warningOne")}
        </Badge>
        <code className={classes.rule} title={t("document.rule")}>
          {f.rule}
        </code>
      </Group>
      <p className={classes.message}>{f.message}</p>
      {(f.claimed || f.computed) && (
        <dl className={classes.values}>
          {f.claimed && (
            <div>
              <dt>{t("document.claimed")}</dt>
              <dd>{shown(f.claimed, f.field, currency)}</dd>
            </div>
          )}
          {f.computed && (
            <div>
              <dt>{t("document.computed")}</dt>
              <dd>{expected(f, currency)}</dd>
            </div>
          )}
        </dl>
      )}
      {f.advice && (
        <p className={classes.advice}>
          <strong>{t("document.whatToDo")}: </strong>
          {f.advice}
        </p>
      )}
      {placed(f) ? (
        <button type="button" className={classes.show} aria-pressed={chosen} onClick={onChoose}>
          {t("document.show")}
          {f.path && <span className={classes.path}>{f.path}</span>}
        </button>
      ) : (
        <Text size="xs" c="dimmed">
          {f.path || t("document.noPlace")}
        </Text>
      )}
    </li>
  );
}

/** The value at a path of names in what was read; lists are counted. */
function valueAt(fields: unknown, key: string): string {
  let at: unknown = fields;
  for (const step of key.split(".")) {
    if (typeof at !== "object" || at === null) return "";
    at = (at as Record<string, unknown>)[step];
  }
  if (Array.isArray(at)) return String(at.length);
  if (typeof at === "string") return at;
  return typeof at === "number" ? String(at) : "";
}

const fieldKeys = [
  "number",
  "issue_date",
  "due_date",
  "delivery_date",
  "currency",
  "seller.name",
  "seller.vat",
  "buyer.name",
  "buyer.vat",
  "carrier.name",
  "warehouse.name",
  "consignee.name",
  "order_ref",
  "totals.lines",
  "totals.tax_exclusive",
  "totals.tax",
  "totals.tax_inclusive",
  "totals.prepaid",
  "totals.payable",
  "totals.packages",
  "totals.gross_kg",
  "transport.vessel",
  "transport.voyage",
  "transport.port_of_loading",
  "transport.port_of_discharge",
  "transport.shipped_on_board",
  "lines",
] as const;

function Fields({ document }: { document: PaperDocument }) {
  const { t } = useTranslation();
  const currency = valueAt(document.fields, "currency");
  const stated = fieldKeys.flatMap((key) => {
    const value = valueAt(document.fields, key);
    return value === "" ? [] : [{ key, value: key.startsWith("totals.") ? shown(value, key, currency) : value }];
  });
  return (
    <dl className={classes.fields}>
      {stated.map(({ key, value }) => (
        <div key={key} data-money={key.startsWith("totals.") || undefined}>
          <dt>{t(`field.${key.replace(".", "_")}`)}</dt>
          <dd>
            {value}
            {money.test(key) && <span className={classes.currency}> {currency}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function About({ document }: { document: PaperDocument }) {
  const { t, i18n } = useTranslation();
  const { data: parties } = useSuspenseQuery(organisations);
  const by = parties.items.find((o) => o.id === document.organisation);
  const rows: [string, React.ReactNode][] = [
    [t("document.by"), (i18n.language === "zh-CN" && by?.name_local) || by?.name || document.organisation],
    [
      t("document.uploaded"),
      <When key="t" at={document.uploaded_at} />,
    ],
    [t("document.version"), String(document.version)],
    [t("document.reader"), valueAt(document.fields, "syntax") || document.media_type],
    [t("document.size"), t("document.bytes", { count: document.size, replace: { count: count(document.size) } })],
    [
      t("document.digest"),
      <Group key="d" gap={4} wrap="nowrap">
        <code title={document.digest}>{shortDigest(document.digest)}</code>
        <CopyButton value={document.digest.replace(/^sha-256:/, "")}>
          {({ copied, copy }) => (
            <Tooltip label={copied ? t("common.copied") : t("common.copy")}>
              <ActionIcon size="sm" variant="subtle" aria-label={t("common.copy")} onClick={copy}>
                <IconCopy size={14} />
              </ActionIcon>
            </Tooltip>
          )}
        </CopyButton>
      </Group>,
    ],
  ];
  return (
    <dl className={classes.fields}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export function DocumentScreen() {
  const { t, i18n } = useTranslation();
  const { id } = useParams({ from: "/inside/documents/$id" });
  const { finding: chosen } = useSearch({ from: "/inside/documents/$id" });
  const navigate = useNavigate({ from: "/documents/$id" });
  const { data: document } = useSuspenseQuery(paper(id, i18n.language));
  const places = useMemo(() => findingPlaces(document.findings), [document.findings]);
  const ordered = inOrder(document.findings);
  const showable = ordered.filter((n) => placed(n.finding));

  const choose = (n: number | undefined) => {
    if (n === undefined) return;
    void navigate({ search: { finding: n }, replace: true });
  };
  const step = (by: 1 | -1) => {
    const at = showable.findIndex((n) => n.id === chosen);
    choose(showable[(at + by + showable.length) % showable.length]?.id);
  };

  return (
    <div className={classes.all}>
      <Group className={classes.head} gap={12} wrap="nowrap">
        <ActionIcon component={Link} to="/documents" variant="subtle" aria-label={t("common.back")}>
          <IconArrowLeft size={18} />
        </ActionIcon>
        <Title order={1} className={classes.title}>
          {document.kind ? (
            <>
              {t(`kind.${document.kind}`)} <span className={classes.number}>{document.number}</span>
            </>
          ) : (
            document.file_name
          )}
        </Title>
        <StateBadge state={document.state} />
        <FindingsBadges paper={document} />
        <Anchor
          className={classes.download}
          aria-label={t("document.download")}
          href={`/v1/documents/${encodeURIComponent(id)}/original`}
          download={document.file_name}
        >
          <IconDownload size={16} aria-hidden />
          <span>{t("document.download")}</span>
        </Anchor>
      </Group>
      <div className={classes.columns}>
        <div className={classes.source}>
          <Original id={document.id} read={document} places={places} chosen={chosen} placesFirst />
        </div>
        <Tabs defaultValue="checks" className={classes.side} keepMounted={false}>
          <Tabs.List>
            <Tabs.Tab value="checks">{t("document.checks")}</Tabs.Tab>
            <Tabs.Tab value="fields">{t("document.fields")}</Tabs.Tab>
            <Tabs.Tab value="about">{t("document.about")}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="checks" p="md">
            {showable.length > 1 && (
              <Group gap={4} mb="sm">
                <ActionIcon variant="default" aria-label={t("document.previous")} onClick={() => step(-1)}>
                  <IconChevronUp size={16} />
                </ActionIcon>
                <ActionIcon variant="default" aria-label={t("document.next")} onClick={() => step(1)}>
                  <IconChevronDown size={16} />
                </ActionIcon>
                <Text size="sm" c="dimmed">
                  {t("document.marked", { count: showable.length })}
                </Text>
              </Group>
            )}
            {ordered.length === 0 ? (
              <Text size="sm">{t(document.state === "parsed" ? "document.noFindings" : "document.notRead")}</Text>
            ) : (
              <ul className={classes.findings}>
                {ordered.map(({ id: n, finding }) => (
                  <FindingCard
                    key={n}
                    finding={finding}
                    currency={valueAt(document.fields, "currency")}
                    chosen={n === chosen} onChoose={() => choose(n)} />
                ))}
              </ul>
            )}
            {document.state === "needs_fields" && (
              <Box mt="sm">
                <TypeIn document={document} />
              </Box>
            )}
          </Tabs.Panel>
          <Tabs.Panel value="fields" p="md">
            <Fields document={document} />
          </Tabs.Panel>
          <Tabs.Panel value="about" p="md">
            <About document={document} />
          </Tabs.Panel>
        </Tabs>
      </div>
    </div>
  );
}
