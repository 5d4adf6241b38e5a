import { useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Day.module.css";

type Props = { label: string; value: string | undefined; onChange: (to: string | undefined) => void };

export const isDay = (text: string) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

/** A day as YYYY-MM-DD: the browser's own field writes it as its language does. */
export function Day({ label, value, onChange }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(value ?? "");
  const [held, setHeld] = useState(value);
  if (held !== value) {
    setHeld(value);
    setText(value ?? "");
  }
  const wrong = text !== "" && !isDay(text);
  const take = () => {
    if (!wrong && text !== (value ?? "")) onChange(text || undefined);
  };
  return (
    <label className={classes.day}>
      {label}
      <input
        value={text}
        placeholder={t("payables.day")}
        inputMode="numeric"
        maxLength={10}
        aria-invalid={wrong || undefined}
        onChange={(e) => setText(e.currentTarget.value.trim())}
        onBlur={take}
        onKeyDown={(e) => e.key === "Enter" && take()}
      />
    </label>
  );
}
