import { Anchor, Button, Text, Title } from "@mantine/core";
import { IconCircle, IconCircleCheck } from "@tabler/icons-react";
import { useMutation, useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import { api, type Schemas, taken } from "../../api/client";
import { me, organisations } from "../../api/queries";
import { rail } from "../../nav";
import { Cancelled, useSigning } from "../../signing/signing";
import { Badge } from "../../ui/Badge";
import { count, instant } from "../../ui/format";
import { useRowKeys } from "../../ui/keys";
import { Money } from "../../ui/Money";
import { ProblemNote } from "../../ui/ProblemNote";
import { When } from "../../ui/When";
import classes from "./Inbox.module.css";
import { home, inbox, type Item } from "./queries";
import { stepTarget, target } from "./targets";
import { age, daysUntil, today } from "./when";
import { words } from "./words";

/** Names organisations in the language of the reader. */
export function useParty(): (id: string | undefined) => string {
  const { i18n } = useTranslation();
  const { data } = useSuspenseQuery(organisations);
  return (id) => {
    const o = data.items.find((p) => p.id === id);
    return (i18n.language === "zh-CN" && o?.name_local) || o?.name || "";
  };
}

/** What a person sees first: figures, first steps, what waits. */
export function Inbox() {
  const { t } = useTranslation();
  const { data: list, dataUpdatedAt } = useSuspenseQuery(inbox);
  const { data: actor } = useSuspenseQuery(me);
  const { data: begun } = useSuspenseQuery(home);
  const screen = useRef<HTMLDivElement>(null);
  useRowKeys(screen);
  return (
    <div className={classes.all} ref={screen}>
      <Title order={1}>{t(rail(actor)[0]?.word === "home" ? "nav.home" : "inbox.title")}</Title>
      <Figures figures={begun.figures} />
      <Steps steps={begun.steps} />
      <Part word="mine" items={list.mine} more={list.more_mine} at={dataUpdatedAt} />
      <Part word="others" items={list.others} more={list.more_others} at={dataUpdatedAt} />
    </div>
  );
}

function Figures({ figures }: { figures: Schemas["Figure"][] }) {
  const { t } = useTranslation();
  if (figures.length === 0) return null;
  return (
    <dl className={classes.figures}>
      {figures.map((f) => (
        <div key={f.figure} className={classes.figure}>
          <dt>{t(`inbox.figure.${f.figure}`)}</dt>
          {f.totals.length === 0 && <dd>{t("inbox.figure.none")}</dd>}
          {f.totals.map((total) => (
            <dd key={total.amount.currency}>
              <Money value={total.amount} size="lg" />
              <span className={classes.items}>{t("inbox.figure.items", { count: total.items })}</span>
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}

function Steps({ steps }: { steps: Schemas["OnboardingStep"][] }) {
  const { t } = useTranslation();
  if (steps.every((s) => s.done)) return null;
  return (
    <section className={classes.part} aria-labelledby="inbox-steps">
      <Title order={2} id="inbox-steps">
        {t("inbox.steps.title")}
      </Title>
      <ol className={classes.steps}>
        {steps.map(({ step, done }) => {
          const goes = done ? undefined : stepTarget(step);
          const label = t(`inbox.steps.${step}`);
          return (
            <li key={step}>
              {done ? <IconCircleCheck size={18} aria-hidden /> : <IconCircle size={18} aria-hidden />}
              {goes ? (
                <Anchor component={Link} {...(goes as object)}>
                  {label}
                </Anchor>
              ) : (
                <span>{label}</span>
              )}
              <span className={classes.items}>{t(done ? "inbox.steps.done" : "inbox.steps.open")}</span>
            </li>
          );
        })}
      </ol>
    </section>
  );
}

type PartProps = { word: "mine" | "others"; items: Item[]; more: boolean; at: number };

function Part({ word, items, more, at }: PartProps) {
  const { t } = useTranslation();
  const heading = `inbox-${word}`;
  return (
    <section className={classes.part} aria-labelledby={heading}>
      <Title order={2} id={heading}>
        {t(`inbox.${word}.title`)}{" "}
        <span className={classes.count} data-testid={`count-${word}`}>
          {more ? t("inbox.orMore", { count: items.length }) : count(items.length)}
        </span>
      </Title>
      {items.length === 0 ? (
        <Text size="sm" c="dimmed" mt={4}>
          {t(`inbox.${word}.empty`)}
        </Text>
      ) : (
        <table className={classes.table} data-part={word}>
          <thead>
            <tr>
              <th scope="col" className={classes.act}>
                {t("inbox.column.next")}
              </th>
              <th scope="col" className={classes.party}>
                {t("inbox.column.counterparty")}
              </th>
              {word === "others" && (
                <th scope="col" className={classes.waits}>
                  {t("inbox.column.waitsFor")}
                </th>
              )}
              <th scope="col" className={classes.amount}>
                {t("inbox.column.amount")}
              </th>
              <th scope="col" className={classes.due}>
                {t("inbox.column.due")}
              </th>
              <th scope="col" className={classes.since}>
                {t("inbox.column.since")}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <Row key={`${item.next} ${item.subject} ${item.intents[0] ?? ""}`} item={item} others={word === "others"} at={at} />
            ))}
          </tbody>
        </table>
      )}
      {more && (
        <Text size="sm" c="dimmed" mt={4}>
          {t("inbox.more", { count: items.length })}
        </Text>
      )}
    </section>
  );
}

function Row({ item, others, at }: { item: Item; others: boolean; at: number }) {
  const { t } = useTranslation();
  const party = useParty();
  const { data: actor } = useSuspenseQuery(me);
  const goes = target(item, actor.kind);
  const now = new Date(at);
  const waited = age(item.since, now);
  const label = (
    <>
      <span className={classes.words}>{words(t, item)}</span>
      {item.title && (
        <span className={classes.subject} translate="no">
          {item.title}
        </span>
      )}
    </>
  );
  return (
    <tr data-row>
      <th scope="row" className={classes.act}>
        {goes ? (
          <Link className={classes.link} title={[words(t, item), item.title].filter(Boolean).join(" ")} to={goes.to} {...(goes.params ? { params: goes.params as never } : {})}>
            {label}
          </Link>
        ) : (
          <span className={classes.here}>
            {label}
            {!others && item.intents.length > 0 && <SignHere item={item} />}
          </span>
        )}
      </th>
      <td className={classes.party} title={party(item.counterparty)}>
        {party(item.counterparty)}
      </td>
      {others && <WaitsFor item={item} />}
      <td className={classes.amount}>{item.amount && <Money value={item.amount} />}</td>
      <td className={classes.date} data-label={t("inbox.column.due")}>
        {item.due && <Due due={item.due} now={now} />}
      </td>
      <td className={classes.date} data-label={t("inbox.column.since")}>
        <When at={item.since}>{instant(item.since).slice(0, 10)}</When>{" "}
        <span className={classes.items}>{t(`inbox.age.${waited.unit}`, { count: waited.count })}</span>
      </td>
    </tr>
  );
}

function Due({ due, now }: { due: string; now: Date }) {
  const { t } = useTranslation();
  const days = daysUntil(due, today(now));
  return (
    <>
      <time dateTime={due}>{due}</time>
      {days < 0 && <Badge tone="bad">{t("inbox.overdue")}</Badge>}
      {days >= 0 && days <= 7 && <Badge tone="attention">{t("inbox.dueSoon")}</Badge>}
    </>
  );
}

/** Persons of one's own organisation by name, others by their organisation. */
function WaitsFor({ item }: { item: Item }) {
  const { t } = useTranslation();
  const party = useParty();
  const roles = (w: Item["waits_for"][number]) => w.roles.map((r) => t(`role.${r}`)).join(t("inbox.orRoles"));
  const named = (w: Item["waits_for"][number], whole: boolean) => {
    if (w.persons.length > 0) return w.persons.join(t("inbox.or"));
    // The row names its counterparty already; "their" keeps its people from passing for one's own.
    if (!whole && w.organisation === item.counterparty && w.roles.length > 0) return t("inbox.theirs", { roles: roles(w) });
    return t("inbox.waitsFor", { name: party(w.organisation), roles: roles(w) });
  };
  const all = (whole: boolean) => [...new Set(item.waits_for.map((w) => named(w, whole)))].join(t("inbox.and"));
  return (
    <td className={classes.waits} title={all(true)} data-label={t("inbox.column.waitsFor")}>
      {all(false)}
    </td>
  );
}

/** Signs what has no screen of its own. */
function SignHere({ item }: { item: Item }) {
  const { t } = useTranslation();
  const party = useParty();
  const client = useQueryClient();
  const { sign } = useSigning();
  const go = useMutation({
    mutationFn: async () => {
      const intents = await Promise.all(
        item.intents.map((intent) => taken(api.GET("/v1/intents/{intent}", { params: { path: { intent } } }))),
      );
      const about = item.counterparty ? { counterparty: party(item.counterparty) } : {};
      await sign({
        title: words(t, item),
        ...(item.amount ? { amount: item.amount } : {}),
        ...about,
        consequence: t("inbox.consequence"),
        intents,
      });
    },
    onSettled: () => client.invalidateQueries({ queryKey: inbox.queryKey }),
  });
  return (
    <>
      <Button size="compact-sm" variant="light" loading={go.isPending} onClick={() => go.mutate()}>
        {t("inbox.sign")}
      </Button>
      {go.isError && !(go.error instanceof Cancelled) && <ProblemNote error={go.error} />}
    </>
  );
}
