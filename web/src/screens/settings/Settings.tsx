import { Anchor } from "@mantine/core";
import { useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { me } from "../../api/queries";
import { mayRead } from "../audit/queries";
import classes from "./Settings.module.css";

const own = [
  ["/settings/keys", "keys"],
  ["/settings/security", "security"],
  ["/settings/preferences", "preferences"],
  ["/settings/notifications", "notifications"],
] as const;

const organisation = [
  ["/settings/team", "team"],
  ["/settings/roles", "roles"],
  ["/settings/programmes", "programmes"],
] as const;

const records = [
  ["/reports", "reports"],
  ["/audit", "audit"],
] as const;

/** The frame of the settings: what is one's own, and what is the organisation's. */
export function Settings() {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const shown = [...(nav.current?.querySelectorAll("a") ?? [])].find((a) => pathname.startsWith(a.pathname));
    shown?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [pathname]);
  const requests = actor.roles.includes("admin") ? [["/settings/requests", "requests"] as const] : [];
  const groups = [
    { word: "own", entries: own },
    { word: "organisation", entries: [...organisation, ...requests] },
    { word: "records", entries: mayRead(actor) ? records : records.slice(0, 1) },
  ];
  return (
    <div className={classes.all}>
      <nav ref={nav} className={classes.nav} aria-label={t("settings.label")}>
        {groups.map(({ word, entries }) => (
          <div key={word}>
            <p className={classes.group}>{t(`settings.group.${word}`)}</p>
            {entries.map(([to, name]) => (
              <Anchor key={to} component={Link} to={to} className={classes.entry}>
                {t(`settings.${name}.nav`)}
              </Anchor>
            ))}
          </div>
        ))}
      </nav>
      <div className={classes.content}>
        <Outlet />
      </div>
    </div>
  );
}
