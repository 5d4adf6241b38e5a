import { Stack, Text, Title, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { languages, speak } from "../../i18n";
import { densities, density, setDensity } from "../../ui/density";
import classes from "./Settings.module.css";

const schemes = ["light", "dark", "auto"] as const;

/** Language, colours and density of this browser. */
export function Preferences() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [rows, setRows] = useState(density());
  return (
    <Stack gap="lg" className={classes.form}>
      <div>
        <Title order={1}>{t("settings.preferences.title")}</Title>
        <Text size="sm" c="dimmed">
          {t("settings.preferences.text")}
        </Text>
      </div>
      <Choice
        name="language"
        options={languages.map((l) => ({ value: l, label: t(`language.${l}`) }))}
        chosen={i18n.language}
        onChoose={(l) => void speak(l)}
      />
      <Choice
        name="theme"
        options={schemes.map((s) => ({ value: s, label: t(`settings.preferences.${s}`) }))}
        chosen={colorScheme}
        onChoose={setColorScheme}
      />
      <Choice
        name="density"
        options={densities.map((d) => ({ value: d, label: t(`settings.preferences.${d}`) }))}
        chosen={rows}
        onChoose={(d) => {
          setDensity(d);
          setRows(d);
        }}
      />
    </Stack>
  );
}

type ChoiceProps<T extends string> = {
  name: string;
  options: { value: T; label: string }[];
  chosen: string;
  onChoose: (value: T) => void;
};

function Choice<T extends string>({ name, options, chosen, onChoose }: ChoiceProps<T>) {
  const { t } = useTranslation();
  return (
    <fieldset className={classes.choice}>
      <legend>{t(`settings.preferences.${name}`)}</legend>
      {options.map(({ value, label }) => (
        <label key={value} lang={name === "language" ? value : undefined}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
