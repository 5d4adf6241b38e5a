import { ActionIcon, Menu } from "@mantine/core";
import { IconBell } from "@tabler/icons-react";
import { useQuery, useSuspenseQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import classes from "./Bell.module.css";
import { inbox, type Item } from "./queries";
import { target } from "./targets";
import { words } from "./words";

const shown = 5;

/** How many things wait for the person; the list is the one that is counted. */
function useWaiting(): { items: Item[]; label: string; figure: string } {
  const { t } = useTranslation();
  const { data } = useQuery(inbox);
  const items = data?.mine ?? [];
  const label = items.length === 0 ? t("inbox.bell.none") : t("inbox.bell.label", { count: items.length });
  return { items, label, figure: data?.more_mine ? `${items.length}+` : String(items.length) };
}

/** The count beside the inbox in the rail. */
export function Waiting() {
  const { items, figure, label } = useWaiting();
  if (items.length === 0) return null;
  return (
    <span className={classes.count} data-testid="count-rail">
      <span aria-hidden>{figure}</span>
      <span className={classes.spoken}>{label}</span>
    </span>
  );
}

/** What waits, from everywhere: the first few, and the way to all. */
export function Bell() {
  const { t } = useTranslation();
  const { items, label, figure } = useWaiting();
  const { data: actor } = useSuspenseQuery(me);
  return (
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false} transitionProps={{ duration: 0 }} width={320}>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={label} className={classes.bell}>
          <IconBell size={18} />
          {items.length > 0 && (
            <span className={classes.badge} aria-hidden data-testid="count-bell">
              {figure}
            </span>
          )}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{label}</Menu.Label>
        {items.slice(0, shown).map((item) => (
          <Menu.Item
            key={`${item.next} ${item.subject} ${item.intents[0] ?? ""}`}
            component={Link}
            {...((target(item, actor.kind) ?? { to: "/" }) as object)}
          >
            {words(t, item)} <span translate="no">{item.title}</span>
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/">
          {t("inbox.bell.open")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
