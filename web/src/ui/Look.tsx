import { ActionIcon, Button, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconLanguage, IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { languages, speak } from "../i18n";
import classes from "./Look.module.css";

/** One click to the other language. */
export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const other = languages.find((l) => l !== i18n.language) ?? "en";
  return (
    <Button
      variant="subtle"
      size="compact-sm"
      className={classes.language}
      lang={other}
      leftSection={<IconLanguage size={18} aria-hidden />}
      onClick={() => void speak(other)}
    >
      <span className={classes.word}>{t(`language.${other}`)}</span>
    </Button>
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
