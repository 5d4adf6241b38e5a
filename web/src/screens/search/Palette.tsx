import { Loader, Modal } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconArrowRight, IconSearch } from "@tabler/icons-react";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { rail } from "../../nav";
import { ProblemNote } from "../../ui/ProblemNote";
import classes from "./Palette.module.css";
import { found, shortest, type Target, target } from "./queries";
import { useHitWords } from "./useHitWords";

const pause = 150; // ms between the last key and the question

/** Before the first key after the one that opened it: the dialog itself would come a moment later. */
const takeFocus = (box: HTMLInputElement | null) => box?.focus();

/** A line of the palette: a screen, or something that was found. */
type Line = { key: string; title: string; about: string; leads: Target };
type Group = { key: string; name: string; lines: Line[] };

/** Screens and everything that a search finds, by keyboard alone. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const [eager, setEager] = useState(false);
  const [asked] = useDebouncedValue(text.trim(), pause);
  const answer = useQuery(found(asked));
  const screens = useScreens(text);
  const things = useThings(asked.length >= shortest ? answer.data : undefined, text.trim());
  const groups = [...things, ...screens];
  const lines = groups.flatMap((g) => g.lines);
  const chosen = Math.min(at, lines.length - 1);
  const waiting = text.trim().length >= shortest && (asked !== text.trim() || answer.isFetching);

  const go = (line: Line | undefined) => {
    if (!line) return;
    onClose();
    void navigate(line.leads as { to: "/search" });
  };
  const move = (to: number) => {
    setAt(to);
    list.current?.querySelector(`[data-line="${to}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return; // the keys belong to the input method
    const last = lines.length - 1;
    const to: Record<string, number> = {
      ArrowDown: chosen >= last ? 0 : chosen + 1,
      ArrowUp: chosen <= 0 ? last : chosen - 1,
      PageDown: Math.min(chosen + 8, last),
      PageUp: Math.max(chosen - 8, 0),
    };
    const next = to[event.key];
    if (next !== undefined) {
      event.preventDefault();
      move(Math.max(next, 0));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (waiting) setEager(true);
      else go(lines[chosen]);
    }
  };
  // Who was faster than the answer is taken to the first that it finds.
  useEffect(() => {
    if (eager && !waiting) go(lines[chosen]);
  });
  let number = -1;
  return (
    <Modal.Root opened onClose={onClose} size={640} yOffset="10dvh" transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t("search.open")}>
        <Modal.Body p={0}>
          <div className={classes.box}>
            <IconSearch size={18} aria-hidden />
            <input
              ref={takeFocus}
              data-autofocus
              role="combobox"
              aria-expanded={lines.length > 0}
              aria-controls={`${id}-list`}
              aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
              aria-autocomplete="list"
              aria-label={t("search.label")}
              placeholder={t("search.placeholder")}
              className={classes.input}
              value={text}
              maxLength={200}
              spellCheck={false}
              onChange={(e) => {
                setText(e.currentTarget.value);
                setAt(0);
                setEager(false);
              }}
              onKeyDown={press}
            />
            {waiting && <Loader size="xs" aria-label={t("common.loading")} />}
          </div>
          {answer.isError && asked.length >= shortest && <ProblemNote error={answer.error} onRetry={() => void answer.refetch()} />}
          {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- options of a combobox, not of a select */}
          <div ref={list} id={`${id}-list`} role="listbox" aria-label={t("search.results")} className={classes.list}>
            {groups.map((g) => (
              // oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- a group of options
              <div key={g.key} role="group" aria-labelledby={`${id}-${g.key}`}>
                <div id={`${id}-${g.key}`} className={classes.name}>
                  {g.name}
                </div>
                {g.lines.map((line) => {
                  number++;
                  const own = number;
                  return (
                    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/prefer-tag-over-role -- the keys are the box's
                    <div
                      key={line.key}
                      id={`${id}-${own}`}
                      data-line={own}
                      role="option"
                      tabIndex={-1}
                      aria-selected={own === chosen}
                      className={classes.line}
                      onClick={() => go(line)}
                      onMouseMove={() => setAt(own)}
                    >
                      <span className={classes.title}>{line.title}</span>
                      <span className={classes.about}>{line.about}</span>
                      <IconArrowRight size={16} aria-hidden className={classes.arrow} />
                    </div>
                  );
                })}
              </div>
            ))}
          </div>
          <div role="status" className={classes.none}>
            {!waiting && lines.length === 0 ? t("search.nothing", { text: text.trim() }) : ""}
          </div>
          <div className={classes.help}>{t("search.help")}</div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** The screens of the person, as far as their words hold what was typed. */
function useScreens(text: string): Group[] {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const part = text.trim().toLowerCase();
  const all: Line[] = [
    ...rail(actor).map((e) => ({ key: e.to, title: t(`nav.${e.word}`), about: "", leads: { to: e.to } as Target })),
    ...(["auditor", "regulator"].includes(actor.kind)
      ? []
      : [{ key: "/search", title: t("nav.search"), about: "", leads: { to: "/search", search: part ? { q: text.trim() } : {} } as Target }]),
    { key: "keys", title: t("search.settingsKeys"), about: "", leads: { to: "/settings/keys" } },
    { key: "team", title: t("search.settingsTeam"), about: "", leads: { to: "/settings/team" } },
    { key: "notifications", title: t("profile.notifications"), about: "", leads: { to: "/settings/notifications" } },
  ];
  const lines = all.filter((l) => l.title.toLowerCase().includes(part));
  return lines.length > 0 ? [{ key: "screens", name: t("search.screens"), lines }] : [];
}

/** What was found, by kind, and the way to all of it. */
function useThings(data: Parameters<typeof useGroups>[0], text: string): Group[] {
  const { t } = useTranslation();
  const groups = useGroups(data);
  if (groups.length === 0) return groups;
  const all: Line = { key: "all", title: t("search.all", { text }), about: "", leads: { to: "/search", search: { q: text } } };
  return [...groups, { key: "all", name: t("search.more"), lines: [all] }];
}

function useGroups(data: { groups: import("../../api/client").Schemas["SearchGroup"][] } | undefined): Group[] {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const words = useHitWords();
  return useMemo(
    () =>
      (data?.groups ?? [])
        .map((g) => ({
          key: g.kind,
          name: t(`search.kind.${g.kind}`),
          lines: g.hits.flatMap((hit): Line[] => {
            const leads = target(g.kind, hit, actor.kind);
            return leads ? [{ key: `${g.kind}-${hit.id}`, ...words(g.kind, hit), leads }] : [];
          }),
        }))
        .filter((g) => g.lines.length > 0),
    [data, t, actor.kind, words],
  );
}
