import { Radio, Stack, Switch, Text, Title, useMantineColorScheme } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { languages, speak } from "../../i18n";
import { densities, density, setDensity } from "../../ui/density";
import { useKeysOn } from "../../ui/keys";
import classes from "./Settings.module.css";

const schemes = ["light", "dark", "auto"] as const;

/** Language, colours and density of this browser. */
export function Preferences() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [rows, setRows] = useState(density());
  const [keysOn, setKeysOn] = useKeysOn();
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
      <section>
        <Title order={2}>{t("settings.preferences.keys")}</Title>
        <Text size="sm" c="dimmed" mt={4}>
          {t("settings.preferences.keysText")}
        </Text>
        <Switch mt="sm" checked={keysOn} onChange={(e) => setKeysOn(e.currentTarget.checked)} label={t("keys.on")} />
      </section>
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
        <Radio
          key={value}
          name={name}
          {...(name === "language" ? { lang: value } : {})}
          label={label}
          checked={value === chosen}
          onChange={() => onChoose(value)}
        />
      ))}
    </fieldset>
  );
}
