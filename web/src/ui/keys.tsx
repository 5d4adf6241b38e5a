import { Group, Kbd, Modal, Switch } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { createContext, type ReactNode, type RefObject, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./keys.module.css";

/** A key and what it does, in words of the language: a letter, "/", "?", "Space" or "Shift+A". */
export type Shortcut = { keys: string; does: string; run: () => void };

type Keys = {
  add: (list: RefObject<Shortcut[]>) => () => void;
  help: () => void;
  on: boolean;
  setOn: (on: boolean) => void;
};

const Context = createContext<Keys | null>(null);

function useKeys(): Keys {
  const keys = useContext(Context);
  if (!keys) throw new Error("keys are used outside of KeysProvider");
  return keys;
}

/** Keys of the screen that is shown. Who has turned single keys off has none of them (WCAG 2.1.4). */
export function useShortcuts(list: Shortcut[]): void {
  const { add } = useKeys();
  const now = useRef(list);
  useEffect(() => {
    now.current = list;
  });
  useEffect(() => add(now), [add]);
}

/** Whether single keys do something, and how to change it: for the settings. */
export function useKeysOn(): [boolean, (on: boolean) => void] {
  const { on, setOn } = useKeys();
  return [on, setOn];
}

/** Opens the list of the keys. */
export function useKeysHelp(): () => void {
  return useKeys().help;
}

/**
 * j and k move through the rows of a list: the elements with data-row in it, each of which holds
 * or is a link or button. Enter opens the one with the focus, as it does anyway.
 */
export function useRowKeys(list: RefObject<HTMLElement | null>): void {
  const { t } = useTranslation();
  const move = (by: 1 | -1) => {
    const rows = [...(list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? [])];
    const stops = rows.map((r) => (r.matches("a, button") ? r : r.querySelector<HTMLElement>("a, button"))).filter((s) => s !== null);
    const at = stops.findIndex((s) => s === document.activeElement || s.closest("[data-row]")?.contains(document.activeElement));
    const next = stops[at < 0 ? (by === 1 ? 0 : stops.length - 1) : Math.min(Math.max(at + by, 0), stops.length - 1)];
    next?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts([
    { keys: "j", does: t("keys.next"), run: () => move(1) },
    { keys: "k", does: t("keys.previous"), run: () => move(-1) },
  ]);
}

/** What is typed into, a dialog or a menu keeps its keys, and a button is pressed by Space. */
function busy({ target, key }: KeyboardEvent): boolean {
  if (document.querySelector("[role=dialog], [role=alertdialog]")) return true;
  if (!(target instanceof HTMLElement)) return false;
  if (key === " " && target.matches("button, summary")) return true;
  return target.isContentEditable || target.matches("input, textarea, select, [role=menu] *");
}

function named(event: KeyboardEvent): string {
  if (event.key === " ") return "Space";
  const letter = event.key.length === 1 && event.key !== event.key.toLowerCase();
  return event.shiftKey && letter ? `Shift+${event.key}` : event.key;
}

export function KeysProvider({ children }: { children: ReactNode }) {
  const [on, setOn] = useLocalStorage({ key: "countersign.keys", defaultValue: true, getInitialValueInEffect: false });
  const [helping, setHelping] = useState<Shortcut[] | null>(null);
  const lists = useRef(new Set<RefObject<Shortcut[]>>());
  const help = useCallback(() => setHelping([...lists.current].flatMap((l) => l.current)), []);
  const value = useMemo<Keys>(
    () => ({
      add: (list) => {
        lists.current.add(list);
        return () => lists.current.delete(list);
      },
      help,
      on,
      setOn,
    }),
    [on, setOn, help],
  );
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || busy(event)) return;
      const pressed = named(event);
      const found = [...lists.current].flatMap((l) => l.current).find((s) => s.keys === pressed);
      if (!found && pressed !== "?") return;
      event.preventDefault();
      if (found) found.run();
      else help();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [on, help]);
  return (
    <Context.Provider value={value}>
      {children}
      {helping && <Help list={helping} onClose={() => setHelping(null)} />}
    </Context.Provider>
  );
}

function Help({ list, onClose }: { list: Shortcut[]; onClose: () => void }) {
  const { t } = useTranslation();
  const [on, setOn] = useKeysOn();
  const general: [string, string][] = [
    ["Tab", t("keys.tab")],
    ["Enter", t("keys.open")],
    ["Esc", t("keys.close")],
    ["?", t("keys.help")],
    ["Ctrl K", t("search.open")],
  ];
  return (
    <Modal.Root opened onClose={onClose} centered>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Body pt="md">
          <Group justify="space-between" mb="xs">
            <Modal.Title>{t("keys.title")}</Modal.Title>
            <Modal.CloseButton aria-label={t("common.close")} />
          </Group>
          <dl className={classes.list}>
            {[...list.map((s): [string, string] => [s.keys, s.does]), ...general].map(([key, does]) => (
              <div key={key + does} className={classes.row}>
                <dt>
                  <Kbd>{key}</Kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
          <Switch mt="md" checked={on} onChange={(e) => setOn(e.currentTarget.checked)} label={t("keys.on")} />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
