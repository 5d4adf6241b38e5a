import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import en from "./en.json";
import zh from "./zh-CN.json";

export const languages = ["en", "zh-CN"] as const;
export type Language = (typeof languages)[number];

const key = "countersign.language";

/** The language chosen before, else the browser's where we speak it, else English. */
function preferred(): Language {
  const stored = window.localStorage.getItem(key);
  if (stored === "en" || stored === "zh-CN") return stored;
  return window.navigator.language.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

export function language(): Language {
  return i18next.language === "zh-CN" ? "zh-CN" : "en";
}

export async function speak(chosen: Language): Promise<void> {
  window.localStorage.setItem(key, chosen);
  await i18next.changeLanguage(chosen);
}

export async function startLanguage(): Promise<void> {
  i18next.on("languageChanged", (chosen) => {
    document.documentElement.lang = chosen;
  });
  await i18next.use(initReactI18next).init({
    lng: preferred(),
    fallbackLng: false,
    resources: { en: { translation: en }, "zh-CN": { translation: zh } },
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
}
