import { ActionIcon, Anchor, Button, Group, Menu, Text, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconLanguage, IconMoon, IconSun } from "@tabler/icons-react";
import { useQueryClient, useSuspenseQuery } from "@tanstack/react-query";
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "../api/client";
import { me, organisations } from "../api/queries";
import { languages, speak } from "../i18n";
import { rail } from "../nav";
import { SigningProvider } from "../signing/signing";
import { TrayProvider } from "../upload/tray";
import { TrayPanel } from "../upload/TrayPanel";
import classes from "./Shell.module.css";

export function LanguageMenu() {
  const { t, i18n } = useTranslation();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" size="lg" aria-label={t("language.label")}>
          <IconLanguage size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {languages.map((l) => (
          <Menu.Item key={l} lang={l} aria-current={l === i18n.language || undefined} onClick={() => void speak(l)}>
            {t(`language.${l}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function ThemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "light" ? "dark" : "light";
  return (
    <ActionIcon
      variant="subtle"
      size="lg"
      aria-label={t(other === "dark" ? "theme.toDark" : "theme.toLight")}
      onClick={() => setColorScheme(other)}
    >
      {other === "dark" ? <IconMoon size={18} /> : <IconSun size={18} />}
    </ActionIcon>
  );
}

/** The frame around every screen of somebody who is signed in. */
export function Shell() {
  const { t, i18n } = useTranslation();
  const { data: actor } = useSuspenseQuery(me);
  const { data: parties } = useSuspenseQuery(organisations);
  const client = useQueryClient();
  const navigate = useNavigate();
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
        <div className={classes.frame}>
          <a className={classes.skip} href="#main">
            {t("nav.skip")}
          </a>
          <header className={classes.header}>
            <Link to="/documents" className={classes.brand}>
              <img src="/mark.svg" width={20} height={20} alt="" />
              <span>{t("common.product")}</span>
            </Link>
            <Text size="sm" className={classes.organisation} title={name}>
              {name}
            </Text>
            <Group gap={4} ml="auto" wrap="nowrap">
              <LanguageMenu />
              <ThemeSwitch />
              <Text size="sm" className={classes.person}>
                {actor.name}
              </Text>
              <Button size="compact-sm" variant="default" onClick={() => void signOut()}>
                {t("signIn.out")}
              </Button>
            </Group>
          </header>
          <nav className={classes.rail} aria-label={t("nav.label")}>
            {rail(actor).map(({ to, word, icon: Picture }) => (
              <Anchor key={to} component={Link} to={to} className={classes.entry}>
                <Picture size={18} aria-hidden />
                {t(`nav.${word}`)}
              </Anchor>
            ))}
          </nav>
          <main id="main" className={classes.main} tabIndex={-1}>
            <Outlet />
          </main>
          <TrayPanel />
        </div>
      </SigningProvider>
    </TrayProvider>
  );
}
