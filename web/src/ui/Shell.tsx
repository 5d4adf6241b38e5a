import { ActionIcon, Anchor, Group, Menu, Text } from "@mantine/core";
import { IconKeyboard, IconLogout, IconMail, IconUser } from "@tabler/icons-react";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet, useLocation, useNavigate } from "@tanstack/react-router";
import { type FocusEvent, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api/client";
import { me, organisations } from "../api/queries";
import { useLive } from "../live/live";
import { rail } from "../nav";
import { Bell, Waiting } from "../screens/inbox/Bell";
import { SearchButton } from "../screens/search/SearchButton";
import { SigningProvider } from "../signing/signing";
import { DropAnywhere, UploadButton } from "../upload/DropAnywhere";
import { TrayProvider } from "../upload/tray";
import { TrayPanel } from "../upload/TrayPanel";
import { Badge } from "./Badge";
import { KeysProvider, useKeysHelp } from "./keys";
import { LanguageSwitch, ThemeSwitch } from "./Look";
import classes from "./Shell.module.css";

/** Who is signed in and for whom, and what only concerns that person. */
function ProfileMenu({ onSignOut }: { onSignOut: () => void }) {
  const { t } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const help = useKeysHelp();
  return (
    <Menu position="bottom-end" withinPortal={false} withInitialFocusPlaceholder={false} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t("profile.label", { name: actor.name })}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {actor.name} · {actor.roles.map((r) => t(`role.${r}`)).join(" · ")}
        </Menu.Label>
        <Menu.Item leftSection={<IconMail size={16} />} component={Link} to="/settings/notifications">
          {t("profile.notifications")}
        </Menu.Item>
        <Menu.Item leftSection={<IconKeyboard size={16} />} onClick={help}>
          {t("keys.show")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={onSignOut}>
          {t("signIn.out")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** On a phone the rail scrolls, and a browser leaves half an entry as it is. */
const whole = (e: FocusEvent<HTMLElement>) => e.currentTarget.scrollIntoView({ block: "nearest", inline: "nearest" });

/** The frame around every screen of somebody who is signed in. */
export function Shell() {
  const { t, i18n } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { data: parties } = useSuspenseQuery(organisations);
  const client = useQueryClient();
  const navigate = useNavigate();
  const connected = useLive();
  const { pathname } = useLocation();
  const menu = useRef<HTMLElement>(null);
  const entries = rail(actor);
  const within = (to: string) => (to === "/" ? pathname === to : pathname.startsWith(to));
  const at = entries.find(({ to, also }) => within(to) || (also && within(also)))?.to;
  useEffect(() => {
    if (at) menu.current?.querySelector(`[href="${at}"]`)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [at]);
  const own = parties.items.find((o) => o.id === actor.organisation);
  const name = (i18n.language === "zh-CN" && own?.name_local) || own?.name || actor.organisation;

  const signOut = async () => {
    await api.DELETE("/v1/session");
    await navigate({ to: "/sign-in" });
    client.clear();
  };

  return (
    <TrayProvider>
      <SigningProvider>
        <KeysProvider>
          <div className={classes.frame}>
            <a className={classes.skip} href="#main">
              {t("nav.skip")}
            </a>
            <header className={classes.header}>
              <Link to="/" className={classes.brand}>
                <img src="/mark.svg" width={20} height={20} alt="" />
                <span>{t("common.product")}</span>
              </Link>
              <Text size="sm" className={classes.organisation} title={name}>
                {name}
              </Text>
              {!connected && (
                <span role="status" className={classes.lost}>
                  <Badge tone="attention">{t("profile.lost")}</Badge>
                </span>
              )}
              <Group gap={4} ml="auto" wrap="nowrap">
                <SearchButton />
                <UploadButton />
                <Bell />
                <LanguageSwitch />
                <ThemeSwitch />
                <ProfileMenu onSignOut={() => void signOut()} />
              </Group>
            </header>
            <nav ref={menu} className={classes.rail} aria-label={t("nav.label")}>
              {entries.map(({ to, also, word, icon: Picture }) => (
                <Anchor
                  key={to}
                  component={Link}
                  to={to}
                  className={classes.entry}
                  onFocus={whole}
                  {...(to === "/" ? { activeOptions: { exact: true } } : {})}
                  {...(also && within(also) ? { "data-status": "active", "aria-current": "page" } : {})}
                >
                  <Picture size={18} aria-hidden />
                  <span>{t(`nav.${word}`)}</span>
                  {to === "/" && <Waiting />}
                </Anchor>
              ))}
            </nav>
            <main id="main" className={classes.main} tabIndex={-1}>
              <Outlet />
            </main>
            <TrayPanel />
            <DropAnywhere />
          </div>
        </KeysProvider>
      </SigningProvider>
    </TrayProvider>
  );
}
