import { ActionIcon, Button, Group, Tabs, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconChevronLeft, IconChevronRight } from "@tabler/icons-react";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { me, paper as paperQuery } from "../../api/queries";
import { Original } from "../../source/Original";
import type { Place } from "../../source/places";
import { instant } from "../../ui/format";
import { Money } from "../../ui/Money";
import { Checks, useCheckWords } from "./Checks";
import { Decide, EventLine } from "./Decide";
import { useDecideKeys } from "./useDecideKeys";
import { Payments } from "../statements/Payments";
import { useNames } from "../../api/names";
import { paidOut, queue, review as reviewQuery, type Review as Case } from "./queries";
import classes from "./Review.module.css";
import { StageBadge } from "./StageBadge";

/** The papers of the case in tabs, with the places of the checks marked. */
function Papers({ review, chosen, shown, onShow }: {
  review: Case;
  chosen: number | undefined;
  shown: string | undefined;
  onShow: (paper: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const words = useCheckWords(review);
  const papers = review.pack.papers ?? [];
  const paper = papers.find((p) => p.id === shown) ?? papers.find((p) => p.kind === "invoice") ?? papers[0];
  const { data: read, isError } = useQuery({ ...paperQuery(paper?.id ?? "", i18n.language), enabled: paper !== undefined });
  const places = useMemo<Place[]>(
    () =>
      review.checks.flatMap((c, id) => {
        if (c.outcome === "passed" && id !== chosen) return []; // what holds is marked when asked for
        return c.papers
          .filter((p) => p.document === paper?.id && p.path)
          .map((p) => ({
            id,
            path: p.path ?? "",
            offset: p.offset,
            length: p.length,
            severity: c.outcome === "failed" ? ("fatal" as const) : ("warning" as const),
            title: words(c),
          }));
      }),
    [review.checks, paper?.id, chosen, words],
  );
  const at = paper ? papers.indexOf(paper) : -1;
  const tabs = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // Only the row of tabs moves: on a phone the screen stays at the check that chose the paper.
    const list = tabs.current;
    const tab = list?.children[at];
    if (!list || !tab) return;
    const [seen, box] = [list.getBoundingClientRect(), tab.getBoundingClientRect()];
    if (box.left < seen.left) list.scrollLeft -= seen.left - box.left;
    else if (box.right > seen.right) list.scrollLeft += box.right - seen.right;
  }, [at]);
  if (!paper) return <Text p="md">{t("review.noPapers")}</Text>;
  const name = (p: typeof paper) => `${t(`kind.${p.kind ?? "unread"}`)} ${p.number ?? ""}`.trim();
  return (
    <section className={classes.papers} aria-label={t("review.papers")}>
      <Tabs value={paper.id} onChange={(v) => v && onShow(v)} variant="default" className={classes.tabs}>
        <Tabs.List ref={tabs} className={classes.tabList}>
          {papers.map((p) => (
            <Tabs.Tab key={p.id} value={p.id} title={p.file_name}>
              {name(p)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value={paper.id} className={classes.panel}>
          <Original id={paper.id} read={isError ? null : read} label={name(paper)} places={places} chosen={chosen} />
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

/** A change of the seller's account, which holds the case up: until when, and who confirmed it how. */
function PayeeHold({ review }: { review: Case }) {
  const { t, i18n } = useTranslation();
  const nameOf = useNames();
  const p = review.payee_change;
  if (!p) return null;
  const obligor = nameOf(review.financing.obligor);
  const apart = i18n.language === "zh-CN" ? "" : " "; // a full-width mark brings its own space
  return (
    <div role="note" className={classes.notice} data-tone="attention" data-testid="payee-hold">
      <strong>{t("review.payee.title")}</strong>{" "}
      {p.held_until && p.confirmed_at ? (
        <>
          {t("review.payee.until", { account: p.account, until: instant(p.held_until) })}
          {apart}
          {t("review.payee.by", {
            obligor,
            persons: t("review.payee.persons", { count: p.confirmed_by?.length ?? 0 }),
            when: instant(p.confirmed_at),
          })}
          {apart}
          <span translate="no">{p.call_back}</span>
        </>
      ) : (
        t("review.payee.waits", { account: p.account, obligor })
      )}
      <div>{t("review.payee.next")}</div>
    </div>
  );
}

type Done = { number: string; act: string };

/** The review of one case after another; what was done last is told beside the next. */
export function Review() {
  const { id } = useParams({ from: "/inside/review/$id" });
  const [done, setDone] = useState<Done>();
  return <OneCase key={id} id={id} done={done} onDone={setDone} />;
}

/** One case: papers, checks and the decision beside each other. */
function OneCase({ id, done, onDone: tell }: { id: string; done: Done | undefined; onDone: (done: Done) => void }) {
  const { t, i18n } = useTranslation();
  const { check, paper } = useSearch({ from: "/inside/review/$id" });
  const navigate = useNavigate();
  const nameOf = useNames();
  const { data: actor } = useSuspenseQuery(me);
  const { data: review } = useSuspenseQuery(reviewQuery(id, i18n.language));
  const { data: queued } = useQuery(queue(actor));
  const waiting = queued ?? [];
  const f = review.financing;

  // What was there when the case was opened: everything newer came meanwhile.
  const [seen, setSeen] = useState(() => review.events[0]?.at ?? "");
  const [stale, setStale] = useState(false);
  const meanwhile = stale ? review.events.filter((e) => e.at > seen) : [];

  const at = waiting.indexOf(id);
  const others = waiting.filter((w) => w !== id);
  const step = (by: 1 | -1) => {
    const to = at < 0 ? others[0] : waiting[(at + by + waiting.length) % waiting.length];
    if (to && to !== id) void navigate({ to: "/review/$id", params: { id: to } });
  };
  const latest = useRef(step);
  useEffect(() => {
    latest.current = step;
  });
  const { on: keys } = useDecideKeys();
  useEffect(() => {
    if (!keys) return;
    const press = (e: KeyboardEvent) => {
      const typing = (e.target as HTMLElement).closest("input:not([type=checkbox]), textarea, select");
      if (typing || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("[role=dialog]")) return;
      if (e.key === "j") latest.current(1);
      if (e.key === "k") latest.current(-1);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [keys]);

  const onDone = (act: string) => {
    if (act === "take_up") return; // the same person's next act is on the same case
    tell({ number: f.number || f.title || "", act });
    const after = at < 0 ? others[0] : waiting.slice(at + 1).find((w) => w !== id) ?? others[0];
    if (after) void navigate({ to: "/review/$id", params: { id: after } });
    else void navigate({ to: "/pipeline" });
  };

  const sides = { seller: nameOf(f.seller), obligor: nameOf(f.obligor), due: f.due_date ?? "" };
  const parties = t(f.due_date ? "review.parties" : "review.sells", sides);
  return (
    <div className={classes.all}>
      <div className={classes.head}>
        <Group gap={10} wrap="nowrap" className={classes.title}>
          <ActionIcon component={Link} to="/pipeline" variant="subtle" aria-label={t("review.back")}>
            <IconArrowLeft size={18} />
          </ActionIcon>
          <Title order={1} className={classes.name} title={f.number || f.title} translate="no">
            {f.number || f.title}
          </Title>
          {f.stage && <StageBadge stage={f.stage} />}
          {f.amount && <Money value={f.amount} />}
        </Group>
        <Text size="sm" c="dimmed" className={classes.parties} title={parties}>
          {parties}
        </Text>
        <Group gap={4} ml="auto" wrap="nowrap">
          <Text size="xs" c="dimmed" aria-live="polite" className={classes.place}>
            {queued && (at < 0 ? t("review.waiting", { count: waiting.length }) : t("review.place", { at: at + 1, of: waiting.length }))}
          </Text>
          <ActionIcon variant="default" aria-label={t("review.previous")} aria-keyshortcuts={keys ? "k" : undefined} disabled={others.length === 0} onClick={() => step(-1)}>
            <IconChevronLeft size={16} />
          </ActionIcon>
          <ActionIcon variant="default" aria-label={t("review.next")} aria-keyshortcuts={keys ? "j" : undefined} disabled={others.length === 0} onClick={() => step(1)}>
            <IconChevronRight size={16} />
          </ActionIcon>
        </Group>
      </div>
      {done && done.number !== (f.number || f.title) && (
        <p role="status" className={classes.notice}>
          {t(`review.done.${done.act as "approve"}`, { number: done.number })}
        </p>
      )}
      {stale && (
        <div role="alert" className={classes.notice} data-tone="attention">
          <strong>{t("review.meanwhile")}</strong>
          <ul>
            {meanwhile.map((e) => (
              <li key={`${e.kind} ${e.at} ${e.act ?? ""}`}>
                <EventLine event={e} />
              </li>
            ))}
          </ul>
          <Button size="compact-xs" variant="default" onClick={() => {
              setSeen(review.events[0]?.at ?? "");
              setStale(false);
            }}>
            {t("review.seen")}
          </Button>
        </div>
      )}
      <PayeeHold review={review} />
      {paidOut.has(f.stage) && <Payments of={review.receivable} className={classes.notice} />}
      <div className={classes.columns}>
        <Papers
          review={review}
          chosen={check}
          shown={paper}
          onShow={(p) => void navigate({ to: "/review/$id", params: { id }, search: (s) => ({ ...s, paper: p }), replace: true })}
        />
        <Checks
          review={review}
          chosen={check}
          onChoose={(n) => {
            // The paper that differs from the claim says more than the claim itself.
            const papers = review.checks[n]?.papers ?? [];
            const first = papers.find((p) => p.path && !p.claim && p.value !== papers[0]?.value) ?? papers.find((p) => p.path) ?? papers[0];
            void navigate({
              to: "/review/$id",
              params: { id },
              search: { check: n, ...(first ? { paper: first.document } : {}) },
              replace: true,
            });
          }}
        />
        <Decide key={`${id} ${f.version ?? 0}`} review={review} onDone={onDone} onStale={() => setStale(true)} />
      </div>
    </div>
  );
}
