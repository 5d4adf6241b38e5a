import { Kbd, UnstyledButton } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { lazy, Suspense, useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcuts } from "../../ui/keys";
import classes from "./SearchButton.module.css";

/** The palette is fetched when it is first asked for. */
const Palette = lazy(async () => ({ default: (await import("./Palette")).Palette }));

/** As keyboards name them, in every language. */
const keys = "Ctrl K";

/** The box of the search screen, which takes the keys of the search while it is there. */
export const searchBox = "search-box";

/** Opens the palette: a button of the top bar, Ctrl K from anywhere, and / where nothing is typed. */
export function SearchButton() {
  const { t } = useTranslation();
  const [opened, setOpened] = useState(false);
  const open = useCallback(() => {
    const box = document.getElementById(searchBox);
    if (box) box.focus();
    else setOpened(true);
  }, []);
  useShortcuts([{ keys: "/", does: t("search.open"), run: open }]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault(); // a browser would take the keys to its own search
      // Another dialog keeps the keyboard until it is closed.
      if (document.querySelector("[role=dialog], [role=alertdialog]")) return;
      open();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [open]);
  return (
    <>
      <UnstyledButton className={classes.button} title={t("search.open")} aria-keyshortcuts="Control+K" onClick={open}>
        <IconSearch size={18} aria-hidden />
        <span className={classes.word}>{t("search.button")}</span>
        <Kbd size="xs" className={classes.keys} aria-hidden>
          {keys}
        </Kbd>
      </UnstyledButton>
      {opened && (
        <Suspense fallback={null}>
          <Palette onClose={() => setOpened(false)} />
        </Suspense>
      )}
    </>
  );
}
