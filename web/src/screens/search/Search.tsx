import { Loader, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "../../api/client";
import { me } from "../../api/queries";
import { Badge } from "../../ui/Badge";
import { useRowKeys } from "../../ui/keys";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { When } from "../../ui/When";
import { toneOf } from "../trace/tones";
import { found, hasTrace, type Hit, type HitKind, shortest, target, traceOf } from "./queries";
import classes from "./Search.module.css";
import { searchBox } from "./SearchButton";
import { useHitWords } from "./useHitWords";

const pause = 200; // ms between the last key and the question

/** One box for everything, and what it found by kind. */
export function SearchScreen() {
  const { t } = useTranslation();
  const { q = "" } = useSearch({ from: "/inside/search" });
  const navigate = useNavigate();
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState(q);
  const answer = useQuery(found(q));
  useRowKeys(list);
  const ask = useDebouncedCallback((typed: string) => {
    void navigate({ to: "/search", search: typed ? { q: typed } : {}, replace: true });
  }, pause);
  const groups = q.length >= shortest ? (answer.data?.groups ?? []) : [];
  return (
    <div className={classes.all}>
      <Title order={1}>{t("search.title")}</Title>
      <search className={classes.box}>
        <TextInput
          id={searchBox}
          label={t("search.label")}
          description={t("search.describe")}
          value={text}
          onChange={(e) => {
            setText(e.currentTarget.value);
            ask(e.currentTarget.value.trim());
          }}
          maxLength={200}
          spellCheck={false}
          leftSection={<IconSearch size={18} aria-hidden />}
          rightSection={answer.isFetching ? <Loader size="xs" aria-label={t("common.loading")} /> : undefined}
        />
      </search>
      {answer.isError && <ProblemNote error={answer.error} onRetry={() => void answer.refetch()} />}
      <Text role="status" size="sm" c="dimmed" mt={12}>
        {q.length >= shortest && answer.data && !answer.isFetching
          ? groups.length === 0
            ? t("search.nothing", { text: q })
            : t("search.count", { count: groups.reduce((n, g) => n + g.hits.length, 0) })
          : ""}
      </Text>
      <div ref={list}>
        {groups.map((g) => (
          <Found key={g.kind} group={g} />
        ))}
      </div>
      {q.length < shortest && <Teach />}
    </div>
  );
}

/** What may be typed, while nothing is. */
function Teach() {
  const { t } = useTranslation();
  return (
    <section className={classes.part}>
      <Title order={2}>{t("search.teach.title")}</Title>
      <ul className={classes.teach}>
        {(["number", "id", "digest", "transaction", "party"] as const).map((what) => (
          <li key={what}>{t(`search.teach.${what}`)}</li>
        ))}
      </ul>
      <Text size="sm" c="dimmed" maw={760}>
        {t("search.teach.then")}
      </Text>
    </section>
  );
}

function Found({ group }: { group: Schemas["SearchGroup"] }) {
  const { t } = useTranslation();
  return (
    <section className={classes.part} aria-labelledby={`found-${group.kind}`}>
      <Title order={2} id={`found-${group.kind}`}>
        {t(`search.kind.${group.kind}`)}
      </Title>
      <ul className={classes.hits}>
        {group.hits.map((hit) => (
          <Row key={hit.id} kind={group.kind} hit={hit} />
        ))}
      </ul>
      {group.more && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("search.others")}
        </Text>
      )}
    </section>
  );
}

function Row({ kind, hit }: { kind: HitKind; hit: Hit }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { title, about } = useHitWords()(kind, hit);
  const leads = target(kind, hit, actor.kind);
  return (
    <li className={classes.hit} data-row>
      <span className={classes.what}>
        {leads ? (
          <Link {...(leads as { to: "/search" })} className={classes.link}>
            {title}
          </Link>
        ) : (
          <span>{title}</span>
        )}
        <span className={classes.about}>{about}</span>
      </span>
      {hit.phase && <Badge tone={toneOf(hit.phase)}>{t(`trace.phase.${hit.phase}`)}</Badge>}
      {hit.amount && (
        <span className={classes.amount}>
          <Money value={hit.amount} />
        </span>
      )}
      {hit.at && (
        <When at={hit.at} className={classes.at} />
      )}
      {hasTrace(kind, hit, actor.kind) && hit.receivable && (
        <Link {...(traceOf(hit.receivable) as { to: "/search" })} className={classes.link}>
          {t("search.trace")}
        </Link>
      )}
    </li>
  );
}
