import i18next from "i18next";
import { initReactI18next } from "react-i18next";

export const languages = ["en", "zh-CN"] as const;
export type Language = (typeof languages)[number];

const key = "countersign.language";

/** The words of a language are fetched when it is first spoken, not before. */
const words = {
  en: () => import("./en"),
  "zh-CN": () => import("./zh-CN"),
};

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
  if (!i18next.hasResourceBundle(chosen, "translation")) {
    i18next.addResourceBundle(chosen, "translation", (await words[chosen]()).default);
  }
  window.localStorage.setItem(key, chosen);
  await i18next.changeLanguage(chosen);
}

/** Settles which language is spoken at once, and is done when its words are there. */
export async function startLanguage(): Promise<void> {
  i18next.on("languageChanged", (chosen) => {
    document.documentElement.lang = chosen;
  });
  const first = preferred();
  void i18next.use(initReactI18next).init({
    lng: first,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  i18next.addResourceBundle(first, "translation", (await words[first]()).default);
}
